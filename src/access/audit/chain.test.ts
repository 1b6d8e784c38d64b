import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditReceipt } from '../../sessions/index.ts';
import { beginning, type Ends, follow, type Link, verifyChain } from './chain.ts';

function chainOf(texts: readonly string[], anchor: AuditReceipt = beginning): { links: Link[]; ends: Ends } {
  const links: Link[] = [];
  for (const text of texts) links.push({ ...follow(links.at(-1) ?? anchor, text), text });
  const { seq, hash } = links.at(-1) ?? anchor;
  return { links, ends: { anchor, head: { seq, hash } } };
}

const texts = fc.array(fc.string(), { minLength: 1, maxLength: 8 });
const broken = (seq?: number) =>
  expect.objectContaining({
    code: 'AUDIT_BROKEN',
    message: expect.stringMatching(seq === undefined ? /./ : new RegExp(`entry ${seq}\\b`)),
  });

describe('a chain', () => {
  test('has the hashes of a known one', () => {
    // The first: (head -c 32 /dev/zero; printf '1\nfirst') | sha256sum
    expect(chainOf(['first', 'second']).links.map(({ seq, hash }) => `${seq} ${hash}`)).toMatchInlineSnapshot(`
      [
        "1 c20b9736672e20e11054d61b5a1f3d9625c2d480176806dae2f56dac5767aa51",
        "2 ddbd7c6157ab518acd7a3ba27e2499b395f6175adfbbee90e84dace8520ee3ae",
      ]
    `);
  });

  test('is whole from its anchor to its head, whatever its texts', () => {
    fc.assert(
      fc.property(texts, fc.nat(7), (all, cut) => {
        const { links, ends } = chainOf(all);
        verifyChain(ends, links, links);
        const anchor = links[Math.min(cut, links.length - 1)]!;
        verifyChain({ ...ends, anchor }, links.slice(anchor.seq), [anchor]);
      }),
    );
  });

  test('breaks on every entry that is changed, removed, added or in another place', () => {
    fc.assert(
      fc.property(texts, fc.nat(7), fc.nat(7), fc.string(), (all, first, second, text) => {
        const { links, ends } = chainOf(all);
        const [i, j] = [first % links.length, second % links.length];
        const verify = (others: Link[]) => () => verifyChain(ends, others);
        if (text !== links[i]!.text) expect(verify(links.with(i, { ...links[i]!, text }))).toThrow(broken(i + 1));
        expect(verify(links.toSpliced(i, 1))).toThrow(broken(i + 1));
        expect(verify(links.toSpliced(i, 0, links[j]!))).toThrow(broken());
        expect(verify([...links, { ...follow(ends.head, text), text }])).toThrow(broken(links.length + 1));
        if (i !== j) expect(verify(links.with(i, links[j]!).with(j, links[i]!))).toThrow(broken(Math.min(i, j) + 1));
      }),
    );
  });

  test('that was made anew from one entry on is another one than is known', () => {
    const { links, ends } = chainOf(['a', 'b', 'c', 'd']);
    const other = chainOf(['a', 'B', 'c', 'd']);
    verifyChain(other.ends, other.links);
    expect(() => verifyChain(other.ends, other.links, [links[2]!])).toThrow(broken(3));
    expect(() => verifyChain(other.ends, other.links, [ends.head])).toThrow(broken(4));
    verifyChain(other.ends, other.links, [links[0]!, beginning]);
  });

  test('that lost its end, or was cut off further than what is known, is not what is known', () => {
    const { links, ends } = chainOf(['a', 'b', 'c', 'd']);
    const short = chainOf(['a', 'b']);
    expect(() => verifyChain(short.ends, short.links, [ends.head])).toThrow(broken(4));
    const cut = { ...ends, anchor: links[1]! };
    expect(() => verifyChain(cut, links.slice(2), [links[0]!])).toThrow(broken(1));
    expect(() => verifyChain(cut, links.slice(2), [{ ...links[1]!, hash: links[0]!.hash }])).toThrow(broken(2));
  });
});

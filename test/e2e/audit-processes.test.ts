import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAuditReader } from '../../src/access/index.ts';
import { TemporaryFolder } from '../support/temporary.ts';

const script = new URL('../support/audit/append.ts', import.meta.url).pathname;

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

/**
 * Runs a process that appends, and returns all that it acknowledged, each as `target seq hash`.
 *
 * @param killAfter it is killed after so many, and would else go on
 */
async function append(name: string, way: 'store' | 'worker', killAfter?: number): Promise<string[]> {
  const count = killAfter === undefined ? '1000' : '1000000';
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, [script, folder.path, name, count, way], { stdio: [...stdio] });
  const ended = once(child, 'close');
  const acknowledged: string[] = [];
  for await (const line of createInterface(child.stdout!)) {
    if (acknowledged.push(line) === killAfter) child.kill('SIGKILL');
  }
  const [code, signal] = await ended;
  expect([code, signal]).toEqual(killAfter === undefined ? [0, null] : [null, 'SIGKILL']);
  return acknowledged;
}

/** All entries of the record, which must be whole, in the same form. */
function read(): string[] {
  using reader = openAuditReader(folder.path);
  const { anchor, head } = reader.verify();
  const entries = reader.entries({}, 1_000_000).toReversed();
  expect([anchor.seq, head.seq]).toEqual([0, entries.length]);
  return entries.map(({ seq, hash, event }) => `${event.target} ${seq} ${hash}`);
}

describe('several processes', () => {
  test('append to one chain, and lose nothing', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const acknowledged = await Promise.all(names.map((name) => append(name, name < 'e' ? 'store' : 'worker')));
    const entries = read();
    expect(entries).toHaveLength(8000);
    expect(entries.toSorted()).toEqual(acknowledged.flat().sort());
    for (const name of names.filter((each) => each < 'e')) {
      const own = entries.filter((entry) => entry.startsWith(`${name}.`));
      expect(own.map((entry) => entry.split(' ')[0])).toEqual(own.map((_, i) => `${name}.${i}`));
    }
  });

  test.each(['store', 'worker'] as const)(
    'killed 20 times while they append: what was acknowledged is there (%s)',
    async (way) => {
      const acknowledged: string[] = [];
      for (let run = 0; run < 20; run++) acknowledged.push(...(await append(`${run}`, way, 1 + run * 47)));
      const entries = new Set(read());
      expect(acknowledged.filter((entry) => !entries.has(entry))).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(20 * 400);
    },
  );
});

import { describe, expect, test } from 'vitest';
import { fileCloserOf, fileSourceOf, someFile } from '../../test/support/files.ts';
import { formatFileLocation, type Limits, type OpenFile } from '../sessions/index.ts';
import { limitFileCloser, limitFileSource } from './index.ts';

const none: Limits = { shares: null, networks: null, instances: null };
const at2 = { ...someFile(9).location, instance: 2 };

const docs = someFile(1, { shareName: 'Docs' });
const secret = someFile(2, { shareName: 'secret' });
const unknownShare = someFile(3, { shareName: null });
const elsewhere = someFile(4, { client: '10.0.0.1' });
const unknownClient = someFile(5, { client: null });
const second = someFile(9, { location: at2 });
const all = [docs, secret, unknownShare, elsewhere, unknownClient, second];

describe.each<[string, Partial<Limits>, readonly OpenFile[]]>([
  ['shares', { shares: ['docs'] }, [docs, elsewhere, unknownClient, second]],
  ['networks', { networks: ['192.0.2.0/24'] }, [docs, secret, unknownShare, second]],
  ['instances', { instances: [2] }, [second]],
  ['both', { shares: ['docs'], networks: ['10.0.0.1'] }, [elsewhere]],
])('limits of %s', (_, some, within) => {
  const limits = { ...none, ...some };

  test('show what is within, and what is not known to be within not', async () => {
    expect((await limitFileSource(fileSourceOf(all), limits).files()).files).toEqual(within);
  });

  test('close what is within, and nothing else', async () => {
    const closer = fileCloserOf(all);
    const limited = limitFileCloser(closer, limits);
    const plan = await limited.plan(all.map(({ location }) => location));
    expect(plan.closes.map(({ location }) => location)).toEqual(all.map(({ location }) => location));
    for (const [i, { file, notClosable }] of plan.closes.entries()) {
      const isWithin = within.includes(all[i]!);
      expect([file, notClosable]).toEqual(isWithin ? [all[i], null] : [null, 'out_of_limits']);
    }
    for await (const _ of limited.close(plan, {}));
    expect(closer.closed).toEqual(within.map(({ location }) => formatFileLocation(location)));
  });
});

test('the parts of servers that are beyond are left out, and kinds are told as before', async () => {
  const limited = limitFileSource(fileSourceOf([docs]), { ...none, instances: [2] });
  expect(await limited.files()).toEqual({ parts: [], files: [] });
  expect((await limited.resolveKinds([docs]))[0]).toMatchObject({ isDirectory: false });
});

test('nobody is asked about a server that is beyond', async () => {
  const closer = fileCloserOf(all);
  const { closes } = await limitFileCloser(closer, { ...none, instances: [1] }).plan([at2, at2]);
  expect(closes).toMatchObject([{ notClosable: 'out_of_limits', file: null }]);
  expect(closer.planned).toEqual([]);
});

test('what is not there is gone; of what can be closed and is not listed nothing is known', async () => {
  const limits = { ...none, shares: ['docs'] };
  expect((await limitFileCloser(fileCloserOf([]), limits).plan([docs.location])).closes).toMatchObject([
    { notClosable: 'gone' },
  ]);
  const unlisted = fileCloserOf([docs], { file: null });
  expect((await limitFileCloser(unlisted, limits).plan([docs.location])).closes).toMatchObject([
    { notClosable: 'out_of_limits' },
  ]);
});

test('nothing is closed that it has not planned itself', async () => {
  const closer = fileCloserOf([docs]);
  const plan = await closer.plan([docs.location]);
  for await (const _ of limitFileCloser(closer, { ...none, shares: ['docs'] }).close(plan, {}));
  expect(closer.closed).toEqual([]);
});

import { beforeEach, expect, test } from 'vitest';
import { LocalFileSource, LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { formatFileLocation, type OpenFile } from '../../src/sessions/index.ts';
import { Dice } from '../support/load/dice.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { Smb2Connection, type OpenFile as Smb2File, type Tree } from '../support/smb2/index.ts';

beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

const lists = 100;
const steadyOpens = 200;
const clients = 6;
const leastOpens = 2000;

/** Opens and closes files of all lengths of names, some of them again and again, some to go, some locked. */
async function churn(tree: Tree, seed: number, goOn: () => boolean): Promise<void> {
  const dice = new Dice(seed);
  const held: Smb2File[] = [];
  for (let i = 0; goOn(); i++) {
    const deleteOnClose = dice.isUnder(0.3);
    const long = 'n'.repeat(dice.between(0, 200));
    const name = deleteOnClose
      ? `${seed} ${i} ${long}`
      : dice.pick([`shared ${dice.between(0, 4)}`, `${seed} ${long}`]);
    const file = await tree.open(name, { disposition: 'open_if', deleteOnClose });
    if (dice.isUnder(0.3)) {
      const offset = BigInt(1_000_000 * seed + i);
      await file.lock({ offset, length: 1n, kind: 'shared', failImmediately: true });
    }
    held.push(file);
    while (held.length > 20 || (held.length > 0 && dice.isUnder(0.3))) {
      const [gone] = held.splice(dice.between(0, held.length - 1), 1);
      await gone!.close();
    }
  }
  for (const file of held) await file.close();
}

test('while opens come and go, none that stays is missing or changed, and nothing is a problem', async () => {
  await using samba = await PrivateSamba.start();
  await using stack = new AsyncDisposableStack();
  const connect = async (user: string) => {
    const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
    stack.defer(() => connection.close());
    const session = await connection.login({ user, password: samba.user(user).password });
    return session.connect('public');
  };
  const steady = await connect('alice');
  for (let i = 0; i < steadyOpens; i++) {
    const file = await steady.open(`steady ${i % 150}`, { disposition: 'open_if' });
    for (let range = 0; range < i % 4; range++) {
      await file.lock({ offset: BigInt(10 * i + range), length: 1n, kind: 'exclusive', failImmediately: true });
    }
  }
  using source = new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) });
  const files = new LocalFileSource({ instance: 1, source });
  const textOf = ({ location, ...file }: OpenFile) => [
    formatFileLocation(location),
    JSON.stringify(file, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  ];
  const steadyOf = (all: readonly OpenFile[]) => all.filter(({ path }) => /\/steady \d+$/.test(path)).map(textOf);
  const expected = steadyOf((await files.files()).files);
  expect(expected).toHaveLength(steadyOpens);

  let opened = 0;
  let isOver = false;
  const trees = await Promise.all(Array.from({ length: clients }, () => connect('bob')));
  const goOn = () => {
    opened++;
    return !isOver;
  };
  const work = Promise.all(trees.map((tree, i) => churn(tree, i + 1, goOn)));
  try {
    const seen = new Set<string>();
    for (let list = 0; list < lists || opened < leastOpens; list++) {
      const { parts, files: all } = await files.files();
      expect(parts).toMatchObject([{ verdict: 'complete', problems: [] }]);
      expect(steadyOf(all)).toEqual(expected);
      const others = all.filter(({ path }) => !/\/steady \d+$/.test(path));
      for (const { uid, user, location } of others) {
        expect([uid, user?.name]).toEqual([samba.user('bob').uid, 'bob']);
        seen.add(formatFileLocation(location));
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(seen.size).toBeGreaterThan(100);
  } finally {
    isOver = true;
    await work;
  }
});

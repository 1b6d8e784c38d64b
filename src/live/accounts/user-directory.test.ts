import { mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tdbImage } from '../../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { type AskedFor, answer, refusal, WinbindServer } from '../../../test/support/winbind/index.ts';
import { directoryAuthId, parseIdentity } from '../../sessions/index.ts';
import { LocalUserDirectory } from './user-directory.ts';

const serverSid = 'S-1-5-21-9-9-9';
const domainSid = 'S-1-5-21-1-2-3';
let folder: TemporaryFolder;
let server: WinbindServer | undefined;

beforeEach(() => {
  folder = new TemporaryFolder();
  for (const name of ['etc', 'private', 'pipes']) mkdirSync(folder.file(name));
  folder.file('etc/passwd', 'root:x:0:0::/:\nalice:x:1000:100::/:\nbob:x:1001:100::/:\nnobody:x:65534:65534::/:\n');
  folder.file('etc/group', 'alice:x:1000:\nstaff:x:50:\n');
  folder.file('smb.conf', '[global]\nprivate dir = /private\nwinbindd socket directory = /pipes\n');
  folder.file('private/passdb.tdb', image([['RID_000003e8\0', 'alice\0']]));
  const sid = Buffer.alloc(68);
  sid.set([1, 4, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0]);
  folder.file('private/secrets.tdb', image([['SECRETS/SID/FILES', sid]]));
});
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
  folder[Symbol.dispose]();
});

function image(records: readonly (readonly [string, string | Buffer])[]): Buffer {
  return tdbImage(records.map(([key, data]) => [Buffer.from(key), Buffer.from(data)])).bytes;
}

interface Changes {
  readonly isDomainMember?: boolean;
  readonly winbindMs?: number;
  readonly keptMs?: number;
}

function directoryOf({ isDomainMember = false, winbindMs = 10_000, keptMs = 3_600_000 }: Changes = {}) {
  return new LocalUserDirectory({
    instance: 3,
    winbindMs,
    keptMs,
    locate: () => ({
      pid: null,
      smbConfPath: folder.file('smb.conf'),
      root: folder.path,
      lockDirectory: folder.path,
      isClustered: false,
      sharesPidNamespace: true,
      netbiosName: 'FILES',
      isDomainMember,
      forcedShares: new Set(),
      confFiles: [],
    }),
  });
}

/** A domain AD with a user jürgen, a computer and a group. */
function winbindOfDomain({ command, texts, extra }: AskedFor): Buffer {
  const accounts = [
    { rid: 1104, name: 'jürgen', type: 1, uid: 201_104, gid: 200_513 },
    { rid: 513, name: 'domain users', type: 2, uid: 200_513, gid: 200_513 },
  ];
  const sidOf = ({ rid }: { rid: number }) => `${domainSid}-${rid}`;
  switch (command) {
    case 22: {
      const isOurs = ['', 'AD', 'ad.test'].includes(texts[0]);
      const found = accounts.find(({ name }) => isOurs && [name, `${name}@ad.test`].includes(texts[1].toLowerCase()));
      return found === undefined ? refusal() : answer({ 0: sidOf(found), 256: found.type });
    }
    case 21: {
      const found = accounts.find((account) => sidOf(account) === texts[0]);
      return found === undefined ? refusal() : answer({ 0: 'AD', 256: found.name, 512: found.type });
    }
    case 3: {
      const found = accounts.find((account) => account.type === 1 && sidOf(account) === texts[0]);
      return found === undefined ? refusal() : answer({ 512: found.uid, 516: found.gid });
    }
    case 25:
      return answer({}, `G${accounts.find((account) => `${sidOf(account)}\n` === extra)?.gid}\n`);
    case 26: {
      const found = accounts.find(({ type, uid, gid }) => extra === (type === 1 ? `U${uid}\n` : `G${gid}\n`));
      return answer({}, found === undefined ? `S-1-22-1-${extra.slice(1)}` : `${sidOf(found)}\n`);
    }
    case 20:
      return answer(
        {},
        `BUILTIN\\\\S-1-5-32\\Local\nFILES\\\\${serverSid}\\Local\nAD\\ad.test\\${domainSid}\\Workstation`,
      );
    case 31:
      return answer({}, 'dc1\0');
    default:
      return refusal();
  }
}

const startWinbind = async (reply: WinbindServer['reply']) => {
  server = await WinbindServer.listen(folder.file('pipes/pipe'), reply);
  return server;
};
const ask = async (directory: LocalUserDirectory, text: string) => {
  const { verdict, accounts } = await directory.lookUp(parseIdentity(text));
  return [verdict, ...accounts.map(({ identity }) => identity.sid)];
};

describe('the accounts of a server of its own, from its files', () => {
  const alice = `${serverSid}-1000`;
  test.each([
    ['alice', 'known', alice, 'S-1-5-88-2-1000'],
    ['ALICE', 'known', alice, 'S-1-5-88-2-1000'],
    ['files\\alice', 'known', alice],
    ['uid:1000', 'known', alice],
    ['S-1-22-1-1000', 'known', alice],
    ['S-1-5-88-1-1000', 'known', alice],
    [alice, 'known', alice],
    ['auth_id:1000', 'known', alice],
    ['auth_id:12884902888', 'known', alice],
    ['bob', 'known', 'S-1-5-88-1-1001'],
    ['local:root', 'known', 'S-1-5-88-1-0'],
    ['guest', 'known', `${serverSid}-501`],
    ['auth_id:501', 'known', `${serverSid}-501`],
    ['uid:65534', 'known', 'S-1-5-88-1-65534'],
    ['ANONYMOUS LOGON', 'known', 'S-1-5-7'],
    ['staff', 'known', 'S-1-5-88-2-50'],
    ['Unix Group\\staff', 'known', 'S-1-5-88-2-50'],
    ['gid:50', 'known', 'S-1-5-88-2-50'],
    ['S-1-22-2-50', 'known', 'S-1-5-88-2-50'],
    ['auth_id:17179869234', 'known', 'S-1-5-88-2-50'],
    ['Everyone', 'known', 'S-1-1-0'],
    ['auth_id:8589934592', 'known', 'S-1-1-0'],
    ['BUILTIN\\Administrators', 'known', 'S-1-5-32-544'],
    ['auth_id:512', 'known', 'S-1-5-32-544'],
    ['name:512', 'unknown'],
    ['carol', 'unknown'],
    ['local:carol', 'unknown'],
    ['files\\carol', 'unknown'],
    ['AD\\jürgen', 'unknown'],
    ['ad:alice', 'unknown'],
    ['uid:5', 'unknown'],
    ['auth_id:99999999999', 'unknown'],
    [`${serverSid}-1001`, 'unknown'],
  ])('%s: %s', async (text, ...found) => {
    expect(await ask(directoryOf(), text)).toEqual(found);
  });

  test('each says of which server it is, and all that is known of it', async () => {
    expect(await directoryOf().lookUp(parseIdentity('alice'))).toMatchObject({
      accounts: [
        { instance: 3, identity: { domain: 'LOCAL', authId: '1000', uid: 1000, gid: 100, sid: alice, name: 'alice' } },
        {
          instance: 3,
          identity: { domain: 'POSIX_GROUP', authId: '17179870184', uid: null, gid: 1000, name: 'alice' },
        },
      ],
    });
  });

  test('without its databases its users are known all the same, by uid and name', async () => {
    rmSync(folder.file('private'), { recursive: true });
    folder.file('smb.conf', '[global]\npassdb backend = ldapsam:ldap://x\nprivate dir = /private\n');
    const { accounts } = await directoryOf().lookUp(parseIdentity('local:bob'));
    expect(accounts).toMatchObject([
      { identity: { domain: 'LOCAL', sid: null, authId: null, uid: 1001, name: 'bob' } },
    ]);
  });

  test('where the name service has other sources, what is in no file can not be known', async () => {
    folder.file('etc/nsswitch.conf', 'passwd: files sss\n');
    const directory = directoryOf();
    expect(await ask(directory, 'carol')).toEqual(['unavailable']);
    expect(await ask(directory, 'uid:5')).toEqual(['unavailable']);
    expect(await ask(directory, 'AD\\jürgen')).toEqual(['unknown']);
    expect(await ask(directory, 'alice')).toContain('known');
  });

  test('they are read anew once what was read has been kept long enough', async () => {
    const [kept, fresh] = [directoryOf(), directoryOf({ keptMs: 0 })];
    for (const directory of [kept, fresh]) expect(await ask(directory, 'carol')).toEqual(['unknown']);
    folder.file('etc/passwd', 'carol:x:1002:100::/:\n');
    expect(await ask(kept, 'local:carol')).toEqual(['unknown']);
    expect(await ask(fresh, 'carol')).toEqual(['known', 'S-1-5-88-1-1002']);
    expect(await ask(fresh, 'bob')).toEqual(['unknown']);
  });

  test('nothing can be known while the server can not be found', async () => {
    const lost = new LocalUserDirectory({
      instance: 1,
      locate: () => {
        throw new Error('no smb.conf');
      },
    });
    expect(await ask(lost, 'alice')).toEqual(['unavailable']);
  });
});

describe('the accounts of a directory, from winbindd', () => {
  const jurgen = `${domainSid}-1104`;
  test.each([
    ['AD\\jürgen', 'known', jurgen],
    ['ad:AD\\JÜRGEN', 'known', jurgen],
    ['ad:jürgen', 'known', jurgen],
    ['jürgen@ad.test', 'known', jurgen],
    ['jürgen', 'known', jurgen],
    [jurgen, 'known', jurgen],
    ['uid:201104', 'known', jurgen],
    ['S-1-22-1-201104', 'known', jurgen],
    [`auth_id:${directoryAuthId(jurgen)}`, 'known', jurgen],
    ['AD\\Domain Users', 'known', `${domainSid}-513`],
    ['gid:200513', 'known', `${domainSid}-513`],
    ['alice', 'known', `${serverSid}-1000`, 'S-1-5-88-2-1000'],
    ['ad:alice', 'unknown'],
    ['AD\\nosuch', 'unknown'],
    ['uid:5', 'unknown'],
    ['local:jürgen', 'unknown'],
    [`auth_id:${directoryAuthId('S-1-5-21-7-7-7-1104')}`, 'unknown'],
  ])('%s: %s', async (text, ...found) => {
    await startWinbind(winbindOfDomain);
    expect(await ask(directoryOf({ isDomainMember: true }), text)).toEqual(found);
  });

  test('a user has the ids that the server gives it', async () => {
    await startWinbind(winbindOfDomain);
    const { accounts } = await directoryOf({ isDomainMember: true }).lookUp(parseIdentity('AD\\jürgen'));
    expect(accounts).toMatchObject([
      {
        identity: {
          domain: 'ACTIVE_DIRECTORY',
          authId: directoryAuthId(jurgen),
          uid: 201_104,
          gid: 200_513,
          sid: jurgen,
          name: 'AD\\jürgen',
        },
      },
    ]);
  });

  test('a name that winbindd does not know is unknown only while a domain controller answers it', async () => {
    await startWinbind((request) => (request.command === 31 ? refusal() : winbindOfDomain(request)));
    const directory = directoryOf({ isDomainMember: true });
    expect(await ask(directory, 'AD\\nosuch')).toEqual(['unavailable']);
    expect(await ask(directory, 'AD\\jürgen')).toEqual(['known', jurgen]);
  });

  test('a winbindd that hangs leaves open only what it alone could know', async () => {
    const { asked } = await startWinbind(() => null);
    const directory = directoryOf({ isDomainMember: true, winbindMs: 600 });
    expect(await ask(directory, 'AD\\jürgen')).toEqual(['unavailable']);
    for (const text of ['jürgen', 'ad:jürgen', 'uid:201104', jurgen, 'nosuch']) {
      expect(await ask(directory, text)).toEqual(['unavailable']);
    }
    expect(await ask(directory, 'alice')).toContain('known');
    expect(await ask(directory, 'local:nosuch')).toEqual(['unknown']);
    expect(await ask(directory, 'files\\nosuch')).toEqual(['unknown']);
    expect(asked).toHaveLength(1);
  });

  test('one that hangs is not waited for again by who has read the files anew', async () => {
    const { asked } = await startWinbind(() => null);
    const directory = directoryOf({ isDomainMember: true, winbindMs: 600, keptMs: 0 });
    for (const text of ['AD\\jürgen', 'ad:jürgen']) expect(await ask(directory, text)).toEqual(['unavailable']);
    expect(asked).toHaveLength(1);
  });

  test('a winbindd that does not run: a member can not know, a server of its own needs none', async () => {
    expect(await ask(directoryOf({ isDomainMember: true }), 'AD\\jürgen')).toEqual(['unavailable']);
    expect(await ask(directoryOf(), 'AD\\jürgen')).toEqual(['unknown']);
  });

  test('an account of another domain than was named is not taken for the one that was', async () => {
    await startWinbind((request) => {
      const passesOverDomains = request.command === 22 ? { ...request, texts: ['', 'jürgen'] as const } : request;
      return winbindOfDomain(passesOverDomains);
    });
    const directory = directoryOf({ isDomainMember: true });
    expect(await ask(directory, 'OTHER\\jürgen')).toEqual(['unknown']);
    expect(await ask(directory, 'AD\\jürgen')).toEqual(['known', jurgen]);
    expect(await ask(directory, 'ad.test\\jürgen')).toEqual(['known', jurgen]);
  });

  test('nor is one of the server itself for one of another domain', async () => {
    const alice = `${serverSid}-1000`;
    await startWinbind(({ command }) =>
      command === 22 ? answer({ 0: alice, 256: 1 }) : answer({ 0: 'FILES', 256: 'alice', 512: 1 }),
    );
    for (const text of ['OTHER\\alice', 'other.test\\alice', 'alice@other.test']) {
      expect(await ask(directoryOf(), text), text).toEqual(['unknown']);
    }
  });

  test('garbage is no answer', async () => {
    await startWinbind(() => Buffer.alloc(9000, 'x'));
    expect(await ask(directoryOf(), 'AD\\jürgen')).toEqual(['unavailable']);
  });

  test('all who ask share one answer, for some seconds, and no server has that of another', async () => {
    const { asked } = await startWinbind(winbindOfDomain);
    const directory = directoryOf({ isDomainMember: true });
    const all = await Promise.all(Array.from({ length: 20 }, () => ask(directory, 'AD\\jürgen')));
    expect(new Set(all.map(String))).toEqual(new Set([`known,${jurgen}`]));
    await ask(directory, 'AD\\jürgen');
    expect(asked.filter(({ command }) => command === 22)).toHaveLength(1);
    await ask(directoryOf({ isDomainMember: true }), 'AD\\jürgen');
    expect(asked.filter(({ command }) => command === 22)).toHaveLength(2);
  });
});

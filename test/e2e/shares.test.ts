import { appendFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LocalShareSource, LocalUserDirectory } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { readShareSecurity } from '../../src/samba/shares/index.ts';
import type { Identity, Share, ShareList, ShareRight } from '../../src/sessions/index.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba, type ShareOptions } from '../support/samba/index.ts';
import { access, Smb2Connection, Smb2Error } from '../support/smb2/index.ts';

const staff = ['staff'];
const users = [
  { name: 'alice' },
  { name: 'bob', groups: staff },
  { name: 'carol', groups: staff },
  { name: '王小明' },
] as const;
const guest = 'stranger';
const people = [...users.map(({ name }) => name), guest];

/** Each with a folder of its own, open to everybody. */
const served: readonly ShareOptions[] = [
  { name: 'public', options: { comment: 'All of it', 'hide unreadable': 'yes' } },
  { name: 'Übung', options: { comment: '"Alles; überall"', 'read only': 'yes', 'write list': 'alice' } },
  { name: '共享', options: { writeable: 'no', 'hide unwriteable files': 'yes' } },
  { name: 'picky', options: { 'valid users': 'alice, +staff', public: 'no' } },
  { name: 'picky and read', options: { 'valid users': '"alice" 王小明', 'write list': 'alice', 'write ok': 'no' } },
  { name: 'without', options: { 'invalid users': '@staff' } },
  { name: 'readers', options: { 'read list': 'alice +staff', 'write list': 'carol' } },
  { name: 'sealed', options: { 'smb encrypt': 'required' } },
  { name: 'listed' },
  { name: 'listed and read', options: { 'read only': 'yes' } },
  { name: 'listed and without', options: { 'invalid users': 'bob' } },
  { name: 'denied' },
  { name: 'near', options: { 'hosts allow': '127.0.0.1', 'hosts deny': 'ALL EXCEPT 10.' } },
  { name: 'nearer', options: { 'hosts allow': '10. EXCEPT 10.1.' } },
  { name: 'far', options: { 'allow hosts': '10.1.', 'hosts deny': '0.0.0.0/0 ::/0' } },
];

/** Sections of the file beyond those, with the folder of `public`. */
const more = (path: string, included: string) => `
[global]
  comment = said late
  registry shares = yes
[copied]
  comment = own
  copy = picky
[Included First]
  path = ${path}
  include = ${included}
  comment = after the include
[public]
  guest ok = no
[per user]
  path = ${path}/%U/${'x'.repeat(3)}\\
y
[homes]
  browseable = no
  valid users = %S
[printers]
  path = ${path}
  printable = yes
[a printer]
  path = ${path}
  print ok = yes
[off]
  path = ${path}
  available = no
[nowhere]
`;

const included = (path: string) => `
  read only = no
[of a file]
  directory = ${path}
  comment = "in "quotes"
`;

describe('the shares of a real Samba', () => {
  let samba: PrivateSamba;
  let list: ShareList;
  const run = (...words: string[]) => {
    const [program = '', ...rest] = words;
    return samba.command([program, '-s', samba.inside(samba.smbConf), ...rest]);
  };
  const state = () => join(samba.directory, 'state');
  const share = (name: string): Share => list.shares.find((one) => one.name === name)!;

  beforeAll(async () => {
    if (noSamba !== null) return;
    samba = await PrivateSamba.start({ users, shares: served, globals: { 'netbios name': 'FILES' } });
    const path = samba.inside(samba.shares.get('public')!);
    const file = join(samba.directory, 'included.conf');
    await writeFile(file, included(path));
    await appendFile(samba.smbConf, more(path, samba.inside(file)));
    await run('net', 'conf', 'addshare', 'Registriert Ä', path, 'writeable=y', 'guest_ok=n', 'of the registry');
    await run('net', 'conf', 'setparm', 'Registriert Ä', 'valid users', 'alice @staff');
    await run('net', 'conf', 'addshare', 'LISTED', path, 'writeable=y', 'guest_ok=y', 'laid over the file');
    const sid = (user: string) => `S-1-22-1-${samba.user(user).uid}`;
    const entries = {
      listed: `${sid('alice')}:ALLOWED/0x0/CHANGE,S-1-1-0:ALLOWED/0x0/READ`,
      'listed and read': `${sid('alice')}:ALLOWED/0x0/FULL,${sid('bob')}:ALLOWED/0x0/READ`,
      'listed and without': 'S-1-1-0:ALLOWED/0x0/CHANGE',
      denied: `${sid('carol')}:DENIED/0x0/FULL,S-1-1-0:ALLOWED/0x0/FULL`,
    };
    for (const [name, acl] of Object.entries(entries)) await run('sharesec', name, '-R', acl);
    await samba.restart();
    const locate = () => locateInstance(samba.smbConf);
    const directory = new LocalUserDirectory({ instance: 1, locate });
    list = await new LocalShareSource({ instance: 1, locate, directory }).shares();
  });
  afterAll(async () => {
    await samba?.stop();
  });
  beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

  test('are those that testparm has, without printers and what is not served', async () => {
    expect(list.parts).toMatchObject([{ verdict: 'complete', problems: [] }]);
    const sections = parseTestparm(await run('testparm', '--suppress-prompt'));
    const global = sections.get('global')!;
    const left = ['global', 'printers', 'a printer', 'off', 'nowhere'];
    const expected = [...sections]
      .filter(([name]) => !left.includes(name))
      .map(([name, own]) => {
        // What equals [global]'s is left out by testparm.
        const value = (parameter: string) => own.get(parameter) ?? global.get(parameter);
        const bare = (text = '') => (/^"[^"]*"$/.test(text) ? text.slice(1, -1) : text);
        const encrypt = value('server smb encrypt') ?? value('smb encrypt');
        return {
          name,
          path: bare(value('path')) || '%H',
          description: bare(value('comment')),
          requireEncryption: encrypt === 'required',
          accessBasedEnumeration: value('hide unreadable') === 'Yes' || value('hide unwriteable files') === 'Yes',
        };
      });
    const ours = list.shares.map(({ name, path, description, requireEncryption, accessBasedEnumeration }) => ({
      name,
      path,
      description,
      requireEncryption,
      accessBasedEnumeration,
    }));
    const byName = <T extends { readonly name: string }>(all: readonly T[]) =>
      new Map(all.map((one) => [one.name, one]));
    expect(byName(ours)).toEqual(byName(expected));
    expect(ours.length).toBeGreaterThan(served.length + 5);
  });

  test('have the values that are easily read wrong', () => {
    expect(share('copied')).toMatchObject({ description: 'own', permissions: share('picky').permissions });
    expect(share('Included First').description).toBe('said late');
    expect(share('of a file').description).toBe('after the include');
    expect(share('per user').isPathVariable).toBe(true);
    expect(share('per user').path).toMatch(/\/%U\/xxxy$/);
    expect(share('listed').description).toBe('laid over the file');
    expect(share('homes')).toMatchObject({ path: '%H', isPathVariable: true, unsaid: ['valid users'] });
    expect(share('Registriert Ä').description).toBe('of the registry');
  });

  test('have the access lists that sharesec has', async () => {
    const masks = new Map([
      [0x1f01ff, 'FULL'],
      [0x1301ff, 'CHANGE'],
      [0x1301bf, 'CHANGE'], // 4.13
      [0x1200a9, 'READ'],
    ]);
    const security = readShareSecurity(state());
    for (const [name, dacl] of security) {
      if (dacl === null || dacl instanceof Error) throw new Error(`${name} has no list`);
      const ours = dacl.map((ace) => `ACL:${ace.sid}:${ace.type.toUpperCase()}/0x0/${masks.get(ace.accessMask)}`);
      const text = await run('sharesec', name, '-v');
      const theirs = text.split('\n').filter((line) => line.startsWith('ACL:'));
      expect(new Set(ours.map(numeric)), name).toEqual(new Set(theirs.map(numeric)));
    }
    expect([...security.keys()].sort()).toEqual(['denied', 'listed', 'listed and read', 'listed and without']);
  });

  /** sharesec names whom it knows. */
  function numeric(line: string): string {
    const user = samba.users.find(({ name }) => line.includes(`\\${name}:`));
    if (user !== undefined) return line.replace(/^ACL:[^:]*/, `ACL:S-1-22-1-${user.uid}`);
    return line.replace(/^ACL:(\\)?Everyone:/, 'ACL:S-1-1-0:');
  }

  test('let in whom their permissions let in, to read and to write', async () => {
    const told: Record<string, unknown> = {};
    const met: Record<string, unknown> = {};
    for (const name of [...served.map((one) => one.name), 'copied', 'Registriert Ä']) {
      for (const person of people) {
        told[`${name}: ${person}`] = toldRights(share(name), person);
        met[`${name}: ${person}`] = await metRights(name, person);
      }
      expect(share(name).unsaid, name).toEqual([]);
    }
    expect(met).toEqual(told);
    // Neither everything nor nothing, or nothing was seen.
    expect(new Set(Object.values(met).map(String))).toEqual(new Set(['', 'READ', 'READ,WRITE']));
  });

  test('hide what may not be read where the server tells its clients so', async () => {
    for (const name of ['public', '共享', 'Übung']) {
      const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
      const tree = await (await login(connection, 'alice')).connect(name);
      expect((tree.properties.flags & 0x0800) !== 0, name).toBe(share(name).accessBasedEnumeration);
      await connection.close();
    }
  });

  test('a smb.conf that is gone is the problem of its part', async () => {
    const locate = () => locateInstance(join(dirname(samba.smbConf), 'none.conf'));
    const directory = new LocalUserDirectory({ instance: 3, locate });
    const { parts, shares } = await new LocalShareSource({ instance: 3, locate, directory }).shares();
    expect(shares).toEqual([]);
    expect(parts).toMatchObject([
      { instance: 3, takenAt: null, verdict: 'partial', problems: [{ code: 'SMB_CONF_UNREADABLE' }] },
    ]);
  });

  function login(connection: Smb2Connection, person: string) {
    const password = person === guest ? 'none' : samba.user(person).password;
    return connection.login({ user: person, password });
  }

  /** What a person can really do. */
  async function metRights(name: string, person: string): Promise<ShareRight[]> {
    const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
    try {
      const tree = await (await login(connection, person)).connect(name);
      const tries = [
        ['READ', () => tree.open('', { directory: true })],
        ['WRITE', () => tree.open(`by-${person}`, { access: access.write, disposition: 'open_if' })],
      ] as const;
      const rights: ShareRight[] = [];
      for (const [right, attempt] of tries) if (await succeeds(attempt)) rights.push(right);
      return rights;
    } catch (error) {
      if (error instanceof Smb2Error) return [];
      throw error;
    } finally {
      await connection.close();
    }
  }

  /** What the permissions say, from this machine. */
  function toldRights({ permissions, networkPermissions, requireEncryption }: Share, person: string): ShareRight[] {
    // A guest has no key to encrypt with.
    if (requireEncryption && person === guest) return [];
    const isNear = networkPermissions.find(({ addressRanges }) => isOfLoopback(addressRanges))?.type === 'ALLOWED';
    return (['READ', 'WRITE'] as const).filter((right) => {
      const decisive = permissions.find(({ trustee, rights }) => rights.includes(right) && isMeant(trustee, person));
      return isNear && decisive?.type === 'ALLOWED';
    });
  }

  function isMeant({ domain, sid, uid, gid, name }: Identity, person: string): boolean {
    if (domain === 'WORLD') return true;
    if (person === guest) return sid === 'S-1-5-32-546';
    if (uid !== null) return samba.user(person).uid === uid;
    return gid !== null && name === 'staff' && users.some((user) => user.name === person && 'groups' in user);
  }
});

function isOfLoopback(ranges: readonly string[]): boolean {
  return ranges.length === 0 || ranges.some((range) => range === '127.0.0.1' || range === '0.0.0.0/0');
}

async function succeeds(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch (error) {
    if (error instanceof Smb2Error) return false;
    throw error;
  }
}

/** Section to parameter to value, as testparm prints them. */
function parseTestparm(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of text.split('\n')) {
    const name = /^\[(.*)\]$/.exec(line)?.[1];
    const [, parameter, value = ''] = /^\t(.+?) = ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      section = new Map();
      sections.set(name, section);
    } else if (parameter !== undefined) {
      section.set(parameter, value);
    }
  }
  return sections;
}

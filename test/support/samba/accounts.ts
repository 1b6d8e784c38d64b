import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ntHash } from '../smb2/index.ts';
import { SambaError } from './errors.ts';

/** A user to create on the private Samba. */
export interface UserOptions {
  /** Login name; any Unicode text without `:`, `,` and line breaks. */
  readonly name: string;
  /** Default: `secret`. */
  readonly password?: string;
  /** Default: the next free one from 20001 up. */
  readonly uid?: number;
  /** Name of the primary group, shared with other users that name it too. Default: one of its own, named as the user. */
  readonly group?: string;
  /** Names of additional groups. Default: none. */
  readonly groups?: readonly string[];
}

/** A user that can log in. */
export interface Account {
  readonly name: string;
  /** The name asked for; another one than `name` only where an account of the system has to stand in. */
  readonly requestedName: string;
  readonly password: string;
  readonly uid: number;
  readonly gid: number;
}

/** The files that make accounts known to smbd: two for the system, one for Samba. */
export interface AccountFiles {
  readonly accounts: readonly Account[];
  readonly passwd: string;
  readonly group: string;
  readonly smbpasswd: string;
}

/** The users of a private Samba that names none: alice, bob, carol and 王小明, all with the password `secret`. */
export const defaultUsers: readonly UserOptions[] = ['alice', 'bob', 'carol', '王小明'].map((name) => ({ name }));

const FIRST_UID = 20001;

interface Group {
  readonly gid: number;
  readonly members: string[];
}

/** Accounts of their own, added to those that the root folder knows already; a user known already keeps its ids. */
export async function createPrivateAccounts(root: string, users: readonly UserOptions[]): Promise<AccountFiles> {
  users.forEach(checkName);
  const names = new Set(users.map((user) => user.name));
  const known = await readPasswd(root);
  const groups = await readGroups(root);
  const others = [...known.values()].filter((account) => !names.has(account.name));
  const uids = new Set(others.map((account) => account.uid));

  const accounts = users.map((user): Account => {
    const { name, password = 'secret', group = name, groups: additional = [] } = user;
    const before = known.get(name);
    const uid = user.uid ?? before?.uid ?? firstFree(uids, FIRST_UID);
    uids.add(uid);
    const keepsGroup = before !== undefined && user.group === undefined;
    const gid = keepsGroup ? before.gid : ensureGroup(groups, group, uid).gid;
    for (const joined of additional) ensureGroup(groups, joined, FIRST_UID).members.push(name);
    return { name, requestedName: name, password, uid, gid };
  });

  return {
    accounts,
    passwd: formatPasswd([...others, ...accounts]),
    group: formatGroups(groups),
    smbpasswd: formatSmbpasswd(accounts),
  };
}

/** Where accounts cannot be added: the wish list's passwords on accounts that the root folder knows already. */
export async function borrowAccounts(root: string, users: readonly UserOptions[]): Promise<AccountFiles> {
  const known = await readPasswd(root);
  const wanted = new Set(users.map((user) => user.name));
  const spare = ['daemon', 'bin', 'games', 'mail', 'news', 'lp', 'sync', 'man', 'uucp', 'proxy', 'backup', 'list']
    .filter((name) => known.has(name) && !wanted.has(name))
    .values();

  const accounts = users.map((user) => {
    const name = known.has(user.name) ? user.name : spare.next().value;
    if (name === undefined) throw new SambaError('SAMBA_BAD_OPTION', `no account left to stand in for ${user.name}`);
    return { ...known.get(name)!, requestedName: user.name, password: user.password ?? 'secret' };
  });
  return { accounts, passwd: '', group: '', smbpasswd: formatSmbpasswd(accounts) };
}

async function readPasswd(root: string): Promise<Map<string, Pick<Account, 'name' | 'uid' | 'gid'>>> {
  const rows = await readRows(join(root, 'etc/passwd'));
  return new Map(rows.map(([name = '', , uid, gid]) => [name, { name, uid: Number(uid), gid: Number(gid) }]));
}

async function readGroups(root: string): Promise<Map<string, Group>> {
  const rows = await readRows(join(root, 'etc/group'));
  return new Map(
    rows.map(([name = '', , gid, members = '']) => [
      name,
      { gid: Number(gid), members: members.split(',').filter(Boolean) },
    ]),
  );
}

async function readRows(path: string): Promise<string[][]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => line.split(':'));
}

function ensureGroup(groups: Map<string, Group>, name: string, firstGid: number): Group {
  const found = groups.get(name);
  if (found !== undefined) return found;
  const gids = new Set([...groups.values()].map((group) => group.gid));
  const created = { gid: firstFree(gids, firstGid), members: [] };
  groups.set(name, created);
  return created;
}

function formatPasswd(accounts: readonly Pick<Account, 'name' | 'uid' | 'gid'>[]): string {
  const lines = accounts.map(
    ({ name, uid, gid }) => `${name}:x:${uid}:${gid}:${name}:/nonexistent:/usr/sbin/nologin\n`,
  );
  return lines.join('');
}

function formatGroups(groups: ReadonlyMap<string, Group>): string {
  return [...groups].map(([name, { gid, members }]) => `${name}:x:${gid}:${members.join(',')}\n`).join('');
}

/** Samba's oldest password file, the only one that is plain text. A password must carry a time, or it counts as expired. */
function formatSmbpasswd(accounts: readonly Account[]): string {
  const now = Math.floor(Date.now() / 1000)
    .toString(16)
    .toUpperCase();
  const lines = accounts.map(({ name, uid, password }) => {
    return `${name}:${uid}:${'X'.repeat(32)}:${ntHash(password).toString('hex').toUpperCase()}:[U          ]:LCT-${now}:\n`;
  });
  return lines.join('');
}

function firstFree(taken: ReadonlySet<number>, first: number): number {
  let id = first;
  while (taken.has(id)) id += 1;
  return id;
}

function checkName(user: UserOptions): void {
  if (!/^[^:,\n]+$/.test(user.name)) throw new SambaError('SAMBA_BAD_OPTION', `not a user name: ${user.name}`);
}

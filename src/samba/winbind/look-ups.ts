import type { WinbindClient } from './client.ts';
import { command, readText } from './protocol.ts';

/** `enum lsa_SidType`, as far as it names accounts; whatever else a SID stands for is nobody's. */
const kinds = new Map<number, WinbindKind>([
  [1, 'user'],
  [2, 'group'],
  [4, 'group'],
  [5, 'group'],
  [9, 'user'], // a computer
]);

export type WinbindKind = 'user' | 'group';

/** An account as winbindd knows it. */
export interface WinbindAccount {
  readonly kind: WinbindKind;
  readonly sid: string;
  readonly domain: string;
  readonly name: string;
  readonly uid: number | null;
  /** A user's primary group, or the group itself. */
  readonly gid: number | null;
}

/**
 * The SID of an account: `DOMAIN\user`, `user@realm` or bare.
 *
 * @throws WinbindError, as all of these
 */
export function sidOfName(winbind: WinbindClient, name: string, deadlineMs: number): Promise<string | null> {
  const backslash = name.indexOf('\\');
  const texts = [name.slice(0, Math.max(0, backslash)), name.slice(backslash + 1)];
  return winbind.ask({ command: command.lookupname, texts }, deadlineMs, ({ data }) => {
    const sid = readText(data);
    return kinds.has(data.u32()) ? sid : null;
  });
}

export async function accountOfSid(
  winbind: WinbindClient,
  sid: string,
  deadlineMs: number,
): Promise<WinbindAccount | null> {
  const found = await winbind.ask({ command: command.lookupsid, texts: [sid] }, deadlineMs, ({ data }) => {
    const [domain, name] = [readText(data), readText(data)];
    return { domain, name, kind: kinds.get(data.u32()) };
  });
  if (found?.kind === undefined) return null;
  const { domain, name, kind } = found;
  const ids = kind === 'user' ? await passwdOf(winbind, sid, deadlineMs) : null;
  return { kind, sid, domain, name, ...(ids ?? (await idsOf(winbind, sid, kind, deadlineMs))) };
}

type Ids = Pick<WinbindAccount, 'uid' | 'gid'>;

/** The SID that winbindd maps a uid (`U`) or a gid (`G`) to. */
export function sidOfId(
  winbind: WinbindClient,
  type: 'U' | 'G',
  id: number,
  deadlineMs: number,
): Promise<string | null> {
  return winbind.ask({ command: command.xidsToSids, extra: `${type}${id}\n` }, deadlineMs, ({ extra }) => {
    const sid = extra.trim();
    return sid.startsWith('S-1-') ? sid : null;
  });
}

/** The SIDs of the domains that winbindd knows: its own, those that it trusts, the server itself. */
export async function domainSids(winbind: WinbindClient, deadlineMs: number): Promise<readonly string[]> {
  const sids = await winbind.ask({ command: command.listTrustdom }, deadlineMs, ({ extra }) =>
    // DOMAIN\dns.name\SID\…, a line for each
    extra.split('\n').map((line) => line.split('\\')[2] ?? ''),
  );
  return (sids ?? []).filter((sid) => sid.startsWith('S-1-'));
}

/** Whether a domain controller answers winbindd now. Where none does, winbindd says of its accounts that there are none. */
export async function isDomainReachable(winbind: WinbindClient, deadlineMs: number): Promise<boolean> {
  return (await winbind.ask({ command: command.pingDc }, deadlineMs, () => true)) ?? false;
}

/** The version of the interface: 31 in Samba 4.13, 32 in 4.17, 33 from 4.22 on. */
export function askInterfaceVersion(winbind: WinbindClient, deadlineMs: number): Promise<number | null> {
  return winbind.ask({ command: command.interfaceVersion }, deadlineMs, ({ data }) => data.u32());
}

function passwdOf(winbind: WinbindClient, sid: string, deadlineMs: number): Promise<Ids | null> {
  return winbind.ask({ command: command.getpwsid, texts: [sid] }, deadlineMs, ({ data }) => {
    data.skip(2 * 256); // pw_name, pw_passwd
    return { uid: data.u32(), gid: data.u32() };
  });
}

/** `U`: a uid, `G`: a gid, `B`: both, an id that is the account's alone. */
async function idsOf(winbind: WinbindClient, sid: string, kind: WinbindKind, deadlineMs: number): Promise<Ids> {
  const request = { command: command.sidsToXids, extra: `${sid}\n` };
  const text = await winbind.ask(request, deadlineMs, ({ extra }) => extra);
  const [, type, digits] = /^([UGB])(\d{1,10})$/m.exec(text ?? '') ?? [];
  const idIf = (...types: string[]) => (type !== undefined && types.includes(type) ? Number(digits) : null);
  return kind === 'user' ? { uid: idIf('U', 'B'), gid: null } : { uid: null, gid: idIf('G', 'B') };
}

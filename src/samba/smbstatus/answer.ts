import { SmbstatusError } from './error.ts';

/** `none` where smbstatus says it, or nothing. */
export type Degree = 'none' | 'partial' | 'full';

export interface ServerId {
  readonly pid: number;
  readonly uniqueId: bigint;
}

/** Instants are microseconds since 1970; null where they are never, or not said. */
export interface SmbstatusSession {
  readonly sessionGlobalId: number;
  readonly serverId: ServerId;
  /** Null while the login is not complete. */
  readonly uid: number | null;
  readonly gid: number | null;
  /** The unix name. */
  readonly userName: string;
  /** As smbstatus writes it: `SMB3_11`, `NT1`. */
  readonly dialect: string;
  readonly encryption: Degree;
  /** Said since 4.20 or so, as the two below. */
  readonly createdAt: number | null;
  readonly authenticatedAt: number | null;
  readonly expiresAt: number | null;
  readonly channels: readonly [SmbstatusChannel, ...SmbstatusChannel[]];
}

/** Addresses as Samba's records have them: `ipv4:192.0.2.7:49152`; the bare address where no more is said. */
export interface SmbstatusChannel {
  readonly remoteAddress: string;
  readonly localAddress: string | null;
  readonly createdAt: number | null;
}

export interface SmbstatusTcon {
  readonly sessionGlobalId: number;
  readonly shareName: string;
  readonly connectedAt: number | null;
  readonly encryption: Degree;
}

export interface SmbstatusOpen {
  readonly serverId: ServerId;
  readonly uid: number;
}

/** What is read of `smbstatus --json`. */
export interface SmbstatusAnswer {
  readonly sessions: readonly SmbstatusSession[];
  readonly tcons: readonly SmbstatusTcon[];
  /** Files and directories, no pipes. */
  readonly opens: readonly SmbstatusOpen[];
  /** Entries that were not as they should be. */
  readonly numUnread: number;
}

/**
 * Reads what `smbstatus --json` wrote (4.17 to 4.25 were seen). What a later release says besides is passed over; an entry
 * that lacks what is needed is counted as unread. Texts come from clients and may hold anything.
 *
 * @throws SmbstatusError SMBSTATUS_FAILED, SMBSTATUS_UNAVAILABLE where it has no `--json`
 */
export function parseAnswer(text: string): SmbstatusAnswer {
  const { sessions, tcons, open_files: files } = parseObject(text);
  if (!isObject(sessions) || !isObject(tcons) || !isObject(files)) throw failed('lacks sessions, tcons or open_files');
  const opens = Object.values(files).flatMap((file) =>
    isObject(file) && isObject(file.opens) ? Object.values(file.opens) : [null],
  );
  const [readSessions, readTcons, readOpens] = [
    Object.values(sessions).map(toSession),
    Object.values(tcons).map(toTcon),
    opens.map(toOpen),
  ];
  return {
    sessions: readSessions.filter(isRead),
    tcons: readTcons.filter(isRead),
    opens: readOpens.filter(isRead),
    numUnread: [...readSessions, ...readTcons, ...readOpens].filter((one) => one === null).length,
  };
}

function parseObject(text: string): JsonObject {
  if (/^\s*Samba version/.test(text)) {
    const message = 'the smbstatus of this Samba has no --json, which came with 4.17';
    throw new SmbstatusError('SMBSTATUS_UNAVAILABLE', message);
  }
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw failed('is no JSON');
  }
  if (!isObject(answer)) throw failed('is no object');
  return answer;
}

function failed(what: string): SmbstatusError {
  return new SmbstatusError('SMBSTATUS_FAILED', `what smbstatus --json wrote ${what}`);
}

function toSession(entry: unknown): SmbstatusSession | null {
  if (!isObject(entry)) return null;
  const [sessionGlobalId, serverId] = [toU32(entry.session_id), toServerId(entry.server_id)];
  const [userName, dialect] = [toText(entry.username), toText(entry.session_dialect)];
  const [first, ...others] = toChannels(entry);
  if (sessionGlobalId === null || serverId === null || userName === null || dialect === null || !first) return null;
  return {
    sessionGlobalId,
    serverId,
    uid: toUnixId(entry.uid),
    gid: toUnixId(entry.gid),
    userName,
    dialect,
    encryption: toDegree(entry.encryption),
    createdAt: toMicros(entry.creation_time),
    authenticatedAt: toMicros(entry.auth_time),
    expiresAt: toMicros(entry.expiration_time),
    channels: [first, ...others],
  };
}

/** Without channels, as before 4.20 or so, `hostname` is the first one's address, or a name that was looked up for it. */
function toChannels(session: JsonObject): SmbstatusChannel[] {
  const said = isObject(session.channels) ? Object.values(session.channels).map(toChannel).filter(isRead) : [];
  if (said.length > 0) return said;
  const [whole, bare] = [toText(session.hostname), toText(session.remote_machine)];
  const remoteAddress = whole !== null && /^ipv[46]:/.test(whole) ? whole : bare;
  return remoteAddress === null ? [] : [{ remoteAddress, localAddress: null, createdAt: null }];
}

function toChannel(entry: unknown): SmbstatusChannel | null {
  if (!isObject(entry)) return null;
  const [remoteAddress, localAddress] = [toText(entry.remote_address), toText(entry.local_address)];
  return remoteAddress === null ? null : { remoteAddress, localAddress, createdAt: toMicros(entry.creation_time) };
}

function toTcon(entry: unknown): SmbstatusTcon | null {
  if (!isObject(entry)) return null;
  const [sessionGlobalId, shareName] = [toU32(entry.session_id), toText(entry.service)];
  if (sessionGlobalId === null || shareName === null) return null;
  const { connected_at, encryption } = entry;
  return { sessionGlobalId, shareName, connectedAt: toMicros(connected_at), encryption: toDegree(encryption) };
}

function toOpen(entry: unknown): SmbstatusOpen | null {
  if (!isObject(entry)) return null;
  const [serverId, uid] = [toServerId(entry.server_id), toUnixId(entry.uid)];
  return serverId === null || uid === null ? null : { serverId, uid };
}

function toServerId(entry: unknown): ServerId | null {
  if (!isObject(entry)) return null;
  const [pid, uniqueId] = [toDigits(entry.pid), toDigits(entry.unique_id)];
  return pid === null || uniqueId === null ? null : { pid: Number(pid), uniqueId: BigInt(uniqueId) };
}

function toDegree(protection: unknown): Degree {
  const degree = isObject(protection) ? protection.degree : undefined;
  return degree === 'partial' || degree === 'full' ? degree : 'none';
}

/** `2026-11-25T00:22:52.731635+00:00`. Never is some ten thousand years away, and null. */
function toMicros(value: unknown): number | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(toText(value) ?? '');
  const millis = match === null ? Number.NaN : Date.parse(match[1]! + match[3]!);
  return Number.isNaN(millis) ? null : millis * 1000 + Number((match![2] ?? '').padEnd(6, '0'));
}

function toU32(value: unknown): number | null {
  const digits = toDigits(value);
  return digits === null || Number(digits) > 0xffff_ffff ? null : Number(digits);
}

/** None is -1, or the same without its sign. */
function toUnixId(value: unknown): number | null {
  const id = toU32(value);
  return id === 0xffff_ffff ? null : id;
}

/** Numbers are texts here and there. */
function toDigits(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,20}$/.test(text) ? text : null;
}

/** No name in SMB is longer. */
const maxTextLength = 4096;

function toText(value: unknown): string | null {
  return typeof value === 'string' && value.length <= maxTextLength ? value : null;
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRead<T>(entry: T | null): entry is T {
  return entry !== null;
}

import type { OpenFile } from '../../../src/sessions/index.ts';
import type { PrivateSamba } from '../samba/index.ts';

/** What smbstatus says of an open. A field that its release does not say is not there, and not compared. */
export interface JudgedFile {
  readonly pid: number;
  readonly uid: number;
  /** With its stream. */
  readonly path: string;
  readonly servicePath: string;
  readonly accessMask: number;
  readonly oplock: string;
  /** Device, inode and extension. */
  readonly fileId?: string;
  readonly uniqueId?: string;
  readonly shareFileId?: string;
  readonly shareAccess?: number;
  /** Whether it is to go. */
  readonly isPending?: boolean;
  /** In microseconds since 1970. */
  readonly openedAt?: number;
  /** In its words, where no number is given. */
  readonly denyMode?: string;
  readonly openedSecond?: number;
}

/** Asks the smbstatus of this Samba's own release: its JSON, or before 4.17 its text. */
export async function askFileJudge(samba: PrivateSamba): Promise<readonly JudgedFile[]> {
  const [, minor = 0] = samba.release.split('.').map(Number.parseFloat);
  if (minor < 17) return parseText(await samba.smbstatusText('-L', '--numeric'));
  return parseJson(await samba.smbstatusText('-L', '--json'));
}

/** An open file as smbstatus would say it. */
export function toJudgedFile(file: OpenFile): Required<JudgedFile> {
  const { device, inode, extension } = file.location.file;
  return {
    pid: file.location.pid,
    uid: file.uid,
    path: file.path + (file.stream === null ? '' : `:${file.stream}`),
    servicePath: file.servicePath,
    accessMask: file.accessMask,
    oplock: oplockText(file.caching),
    fileId: `${device} ${inode} ${extension}`,
    uniqueId: String(file.location.uniqueId),
    shareFileId: String(file.location.shareFileId),
    shareAccess: file.shareAccess,
    isPending: file.isDeleteOnClose,
    openedAt: file.openedAt,
    denyMode: ['DENY_ALL', 'DENY_WRITE', 'DENY_READ', 'DENY_NONE'][file.shareAccess & 3]!,
    openedSecond: Math.floor(file.openedAt / 1_000_000),
  };
}

function oplockText(caching: OpenFile['caching']): string {
  if (caching.kind !== 'lease') return caching.kind.toUpperCase();
  const { state } = caching;
  if (state === null) return 'LEASE STATE UNKNOWN';
  return `LEASE(${state & 1 ? 'R' : ''}${state & 4 ? 'W' : ''}${state & 2 ? 'H' : ''})`;
}

interface JsonFile {
  readonly service_path: string;
  readonly filename: string;
  readonly fileid: Readonly<Record<'devid' | 'inode' | 'extid', string>>;
  readonly num_pending_deletes: number;
  readonly opens: Readonly<Record<string, JsonOpen>>;
}

interface JsonOpen {
  readonly server_id: { readonly pid: string; readonly unique_id: string };
  readonly uid: number;
  readonly share_file_id: string;
  readonly sharemode: { readonly hex: string };
  readonly access_mask: { readonly hex: string };
  readonly oplock: { readonly text?: string };
  readonly opened_at: string;
}

/** Ids of a file have more digits than a number of ours, and a sign where the highest bit is set. */
const fileIdFields = new Set(['devid', 'inode', 'extid']);

function parseJson(json: string): JudgedFile[] {
  const exact = (key: string, value: unknown, { source }: { readonly source?: string }) =>
    fileIdFields.has(key) ? String(BigInt.asUintN(64, BigInt(source!))) : value;
  const { open_files } = JSON.parse(json, exact as never) as {
    readonly open_files: Readonly<Record<string, JsonFile>>;
  };
  return Object.values(open_files).flatMap((file) => Object.values(file.opens).map((open) => toRow(file, open)));
}

function toRow({ service_path, filename, fileid, num_pending_deletes }: JsonFile, open: JsonOpen): JudgedFile {
  const micros = /\.\d{3}(\d{3})/.exec(open.opened_at)![1];
  return {
    pid: Number(open.server_id.pid),
    uid: open.uid,
    path: pathOf(service_path, filename),
    servicePath: service_path,
    accessMask: Number(open.access_mask.hex),
    oplock: open.oplock.text?.trim() ?? 'NONE',
    fileId: `${fileid.devid} ${fileid.inode} ${fileid.extid}`,
    uniqueId: open.server_id.unique_id,
    shareFileId: open.share_file_id,
    shareAccess: Number(open.sharemode.hex),
    isPending: num_pending_deletes > 0,
    openedAt: Date.parse(open.opened_at) * 1000 + Number(micros),
  };
}

const line =
  /^(\d+) +(\d+) +(DENY_\w+) +0x([\da-f]+) +(?:RDONLY|WRONLY|RDWR) +(NONE|EXCLUSIVE\+BATCH|EXCLUSIVE|BATCH|LEVEL_II|LEASE STATE UNKNOWN|LEASE\([RWH]*\)) +(\/.*?) {3}(.*) {3}(\w{3} \w{3} +\d+ [\d:]{8} \d{4})$/gm;

function parseText(text: string): JudgedFile[] {
  return [...text.matchAll(line)].map(([, pid, uid, denyMode, access, oplock, servicePath, name, time]) => ({
    pid: Number(pid),
    uid: Number(uid),
    path: pathOf(servicePath!, name!),
    servicePath: servicePath!,
    accessMask: Number.parseInt(access!, 16),
    oplock: oplock!.replace('EXCLUSIVE+', ''),
    denyMode: denyMode!,
    openedSecond: Date.parse(time!) / 1000,
  }));
}

/** smbstatus prints `.` for the folder of the share, and the stream with its type. */
function pathOf(servicePath: string, name: string): string {
  const path = name === '.' ? '' : `/${name.replace(/:\$DATA$/, '')}`;
  return servicePath + path;
}

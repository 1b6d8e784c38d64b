/**
 * An open file's name for ever: the file, the process that has it open and that one's name for the open, and the time at
 * which it was opened. It is never used again: not by another open of the file, nor by another process of the same pid.
 */
export interface FileLocation {
  readonly instance: number;
  readonly file: FileId;
  /** 0 for a durable handle whose client has gone: no process has it. */
  readonly pid: number;
  /** `server_id.unique_id` of the process. */
  readonly uniqueId: bigint;
  readonly shareFileId: bigint;
  /** Microseconds since 1970. */
  readonly openedMicros: number;
}

/** `file_id`: which file it is, under any of its names. */
export interface FileId {
  readonly device: bigint;
  readonly inode: bigint;
  /** 0 but for streams. */
  readonly extension: bigint;
}

/** `<instance>.<device>.<inode>.<extension>.<pid>.<unique_id>.<share_file_id>.<opened>` in decimal digits. */
export function formatFileLocation({ instance, file, pid, uniqueId, shareFileId, openedMicros }: FileLocation): string {
  const { device, inode, extension } = file;
  return `${instance}.${device}.${inode}.${extension}.${pid}.${uniqueId}.${shareFileId}.${openedMicros}`;
}

const number64 = '(0|[1-9]\\d{0,19})';
const pattern = new RegExp(
  `^(0|[1-9]\\d{0,5})\\.${number64}\\.${number64}\\.${number64}\\.(0|[1-9]\\d{0,9})\\.${number64}\\.${number64}\\.(0|[1-9]\\d{0,15})$`,
);

/** @returns null where the text is no location in the one form that `formatFileLocation` writes */
export function parseFileLocation(text: string): FileLocation | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, instance, device, inode, extension, pid, uniqueId, shareFileId, opened] = match;
  const file = { device: BigInt(device!), inode: BigInt(inode!), extension: BigInt(extension!) };
  const location = {
    instance: Number(instance),
    file,
    pid: Number(pid),
    uniqueId: BigInt(uniqueId!),
    shareFileId: BigInt(shareFileId!),
    openedMicros: Number(opened),
  };
  const words = [file.device, file.inode, file.extension, location.uniqueId, location.shareFileId];
  const fits = words.every((word) => word < 2n ** 64n) && location.pid <= 0xffff_ffff;
  return fits && Number.isSafeInteger(location.openedMicros) ? location : null;
}

/** Numeric order, the order of every list: opens of one file stand together. */
export function compareFileLocations(a: FileLocation, b: FileLocation): number {
  return (
    a.instance - b.instance ||
    compare(a.file.device, b.file.device) ||
    compare(a.file.inode, b.file.inode) ||
    compare(a.file.extension, b.file.extension) ||
    a.pid - b.pid ||
    compare(a.uniqueId, b.uniqueId) ||
    compare(a.shareFileId, b.shareFileId) ||
    a.openedMicros - b.openedMicros
  );
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

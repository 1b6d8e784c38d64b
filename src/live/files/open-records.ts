import type { OpenGlobal, ServerId, ShareModeEntry } from '../../samba/records/index.ts';
import type { Rows } from '../join.ts';

/** More processes than this open no files in one microsecond. */
const maxSameTime = 16;

/**
 * Finds the open record that a share mode entry is of. Since 4.24 the entry has its id. Before, both have the moment of
 * the open to the microsecond, and their process, which takes longer than that for one.
 */
export class OpenRecords {
  private readonly opens: Rows['opens'];
  private byTime: ReadonlyMap<number, readonly OpenGlobal[]> | undefined;

  /** @param opens read after the entries */
  constructor(opens: Rows['opens']) {
    this.opens = opens;
  }

  /** Null where there is none: it has been closed since, or smbd opened the file for itself, beneath a stream of it. */
  find(entry: ShareModeEntry): OpenGlobal | 'unreadable' | null {
    const found = this.opens.get(Number(entry.shareFileId));
    if (found !== undefined && found.value === undefined) return 'unreadable';
    if (found?.value !== undefined && isOf(entry, found.value)) return found.value;
    this.byTime ??= groupByTime(this.opens);
    const sameTime = this.byTime.get(entry.openedAt);
    if (sameTime === undefined || sameTime.length > maxSameTime) return null;
    const [open, ...others] = sameTime.filter((one) => isSameProcess(one.serverId, entry.serverId));
    return open === undefined || others.length > 0 ? null : open;
  }
}

function isOf({ serverId, openedAt }: ShareModeEntry, open: OpenGlobal): boolean {
  return open.openTime === openedAt && isSameProcess(serverId, open.serverId);
}

function groupByTime(opens: Rows['opens']): ReadonlyMap<number, readonly OpenGlobal[]> {
  const groups = new Map<number, OpenGlobal[]>();
  for (const { value } of opens.values()) {
    if (value === undefined || value.openTime === null) continue;
    const group = groups.get(value.openTime);
    if (group === undefined) groups.set(value.openTime, [value]);
    else group.push(value);
  }
  return groups;
}

export function isSameProcess(a: ServerId, b: ServerId): boolean {
  return a.pid === b.pid && a.uniqueId === b.uniqueId;
}

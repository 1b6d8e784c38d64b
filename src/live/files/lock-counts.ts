import {
  type ByteRangeLocks,
  isDisconnected,
  type OpenGlobal,
  type ShareModeEntry,
} from '../../samba/records/index.ts';

/** Counts a file's locks by the opens of it that hold them. */
export function lockCounts(
  locks: readonly ByteRangeLocks[],
): (entry: ShareModeEntry, open: Pick<OpenGlobal, 'openVolatileId'>) => number {
  if (locks.length === 0) return () => 0;
  const counts = new Map<string, number>();
  for (const { serverId, context, volatileId, count } of locks) {
    // Of a disconnected one only the id of its open record is left.
    const holder = isDisconnected(serverId)
      ? `record ${context}`
      : `${serverId.pid} ${serverId.uniqueId} ${volatileId}`;
    counts.set(holder, (counts.get(holder) ?? 0) + count);
  }
  return ({ serverId, shareFileId }, { openVolatileId }) => {
    const { pid, uniqueId } = serverId;
    return counts.get(isDisconnected(serverId) ? `record ${shareFileId}` : `${pid} ${uniqueId} ${openVolatileId}`) ?? 0;
  };
}

import type { NdrCursor } from '../ndr/index.ts';

/** `server_id` (librpc/idl/server_id.idl, all releases): one smbd process, in one cluster node. */
export interface ServerId {
  readonly pid: number;
  readonly taskId: number;
  /** Node number; 0xffffffff outside of a cluster. */
  readonly vnn: number;
  /** Tells this process from a later one with the same pid; 0xffffffffffffffff: not to be verified. */
  readonly uniqueId: bigint;
}

export function decodeServerId(cursor: NdrCursor): ServerId {
  const pid = cursor.hyperNumber();
  const taskId = cursor.uint32();
  const vnn = cursor.uint32();
  return { pid, taskId, vnn, uniqueId: cursor.hyper() };
}

/** A process that opens files, or what a disconnected open has instead. */
export function decodeHolder(cursor: NdrCursor): ServerId {
  const serverId = decodeServerId(cursor);
  const { pid, taskId } = serverId;
  if (!isDisconnected(serverId) && (pid === 0 || pid > 0xffff_ffff || taskId !== 0)) {
    cursor.fail('RECORD_BAD_VALUE', `${pid}.${taskId} is no process that opens files`);
  }
  return serverId;
}

export function skipServerId(cursor: NdrCursor): void {
  cursor.align(8);
  cursor.skip(24);
}

/** What a disconnected durable open has instead of a process. */
export function isDisconnected(serverId: ServerId): boolean {
  return serverId.taskId === 0xffff_ffff && serverId.vnn === 0xffff_ffff && serverId.pid > Number.MAX_SAFE_INTEGER;
}

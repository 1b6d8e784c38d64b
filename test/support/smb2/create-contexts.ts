import { WireWriter } from './wire-writer.ts';

/** LeaseState, [MS-SMB2] 2.2.13.2.8; combine them with `|`. */
export const leaseState = { none: 0, read: 1, handle: 2, write: 4 } as const;

/** A lease: what the client may cache, under a key of its own choice (16 bytes). */
export type Lease = {
  readonly key: Buffer;
  readonly state: number;
};

/** A wish for a handle that outlives the connection. */
export type Durable = {
  /** 16 bytes that name the open; needed again to reconnect. */
  readonly createGuid: Buffer;
  /** How long the server shall keep it; by default as long as the server likes. */
  readonly timeoutMs?: number;
};

/** A durable handle to take up again. */
export type DurableReconnect = {
  readonly createGuid: Buffer;
  readonly fileId: Buffer;
};

/** What a CREATE request may ask for besides the file itself. */
export type CreateContexts = {
  readonly lease?: Lease;
  /** Granted only together with a batch oplock or a lease that has the handle state. */
  readonly durable?: Durable;
  /** Ask for the same lease as before; all other options but the name are ignored by the server. */
  readonly reconnectDurable?: DurableReconnect;
};

/** What a CREATE response granted of it. */
export type GrantedContexts = {
  readonly lease: Lease | undefined;
  readonly isDurable: boolean;
  readonly durableTimeoutMs: number | undefined;
};

// The names of create contexts, [MS-SMB2] 2.2.13.2.
const leaseName = 'RqLs';
const durableName = 'DH2Q';
const durableReconnectName = 'DH2C';

/** SMB2_CREATE_CONTEXT list, [MS-SMB2] 2.2.13.2; empty when nothing is asked for. */
export function encodeCreateContexts({ lease, durable, reconnectDurable }: CreateContexts): Buffer {
  const contexts: (readonly [name: string, data: Buffer])[] = [];
  if (durable) contexts.push([durableName, encodeDurable(durable)]);
  if (reconnectDurable) contexts.push([durableReconnectName, encodeDurableReconnect(reconnectDurable)]);
  if (lease) contexts.push([leaseName, encodeLease(lease)]);

  const writer = new WireWriter();
  contexts.forEach(([name, data], index) => {
    const paddedBytes = Math.ceil((contextHeaderBytes + data.length) / 8) * 8;
    const isLast = index === contexts.length - 1;
    writer
      .u32(isLast ? 0 : paddedBytes)
      .u16(16)
      .u16(4)
      .u16(0)
      .u16(contextHeaderBytes)
      .u32(data.length)
      .raw(Buffer.from(name, 'latin1'))
      .zeros(4)
      .raw(data);
    if (!isLast) writer.align(8);
  });
  return writer.finish();
}

/** What the contexts of a CREATE response grant, [MS-SMB2] 2.2.14.2. */
export function parseCreateContexts(list: Buffer): GrantedContexts {
  const contexts = splitContexts(list);
  const lease = contexts.get(leaseName);
  const durable = contexts.get(durableName);
  return {
    lease: lease && { key: Buffer.from(lease.subarray(0, 16)), state: lease.readUInt32LE(16) },
    isDurable: durable !== undefined,
    durableTimeoutMs: durable?.readUInt32LE(),
  };
}

const contextHeaderBytes = 24;

function splitContexts(list: Buffer): ReadonlyMap<string, Buffer> {
  const contexts = new Map<string, Buffer>();
  let rest = list;
  while (rest.length > 0) {
    const next = rest.readUInt32LE();
    const nameOffset = rest.readUInt16LE(4);
    const dataOffset = rest.readUInt16LE(10);
    const name = rest.toString('latin1', nameOffset, nameOffset + rest.readUInt16LE(6));
    contexts.set(name, rest.subarray(dataOffset, dataOffset + rest.readUInt32LE(12)));
    rest = next === 0 ? rest.subarray(rest.length) : rest.subarray(next);
  }
  return contexts;
}

/** SMB2_CREATE_REQUEST_LEASE, the short form that all dialects know, [MS-SMB2] 2.2.13.2.8. */
function encodeLease({ key, state }: Lease): Buffer {
  return new WireWriter().raw(key).u32(state).u32(0).u64(0n).finish();
}

/** SMB2_CREATE_DURABLE_HANDLE_REQUEST_V2, [MS-SMB2] 2.2.13.2.11. */
function encodeDurable({ createGuid, timeoutMs = 0 }: Durable): Buffer {
  return new WireWriter().u32(timeoutMs).u32(0).u64(0n).raw(createGuid).finish();
}

/** SMB2_CREATE_DURABLE_HANDLE_RECONNECT_V2, [MS-SMB2] 2.2.13.2.12. */
function encodeDurableReconnect({ fileId, createGuid }: DurableReconnect): Buffer {
  return new WireWriter().raw(fileId).raw(createGuid).u32(0).finish();
}

import { commands } from './commands.ts';
import type { Opened, OplockLevel } from './create.ts';
import type { Lease } from './create-contexts.ts';
import type { Reply } from './exchange.ts';
import {
  encodeClose,
  encodeFlush,
  encodeLock,
  encodeRead,
  encodeWatch,
  encodeWrite,
  type LockRange,
  parseRead,
  type WatchOptions,
} from './file-requests.ts';
import type { ResponseHeader } from './header.ts';
import { isFailure, status } from './status.ts';
import type { Tree } from './tree.ts';

/** A pending CHANGE_NOTIFY. */
export type Watch = {
  /** Settles when the server has taken the request for later. */
  readonly pending: Promise<void>;
  /** The status of the final answer, whichever it is; rejects only when the connection is lost. */
  readonly status: Promise<number>;
  cancel(): void;
};

/** An open file, directory or pipe. */
export class OpenFile {
  readonly tree: Tree;
  readonly name: string;
  /** The persistent half, then the volatile half: 16 bytes. */
  readonly fileId: Buffer;
  readonly oplock: OplockLevel;
  /** The lease as granted. */
  readonly lease: Lease | undefined;
  readonly isDurable: boolean;
  readonly durableTimeoutMs: number | undefined;
  readonly isDirectory: boolean;
  /** At the time of the open. */
  readonly sizeBytes: bigint;

  /** @internal */
  constructor(tree: Tree, name: string, opened: Opened) {
    this.tree = tree;
    this.name = name;
    this.fileId = opened.fileId;
    this.oplock = opened.oplock;
    this.lease = opened.lease;
    this.isDurable = opened.isDurable;
    this.durableTimeoutMs = opened.durableTimeoutMs;
    this.isDirectory = opened.isDirectory;
    this.sizeBytes = opened.sizeBytes;
  }

  get persistentId(): bigint {
    return this.fileId.readBigUInt64LE();
  }

  get volatileId(): bigint {
    return this.fileId.readBigUInt64LE(8);
  }

  /** Reads up to `length` bytes. */
  async read(length: number, offset: number | bigint = 0): Promise<Buffer> {
    const reply = await this.tree.request({
      command: commands.READ,
      body: encodeRead(this.fileId, length, BigInt(offset)),
      creditCharge: creditCharge(length),
      // The rest of a message in a pipe that is longer than asked for stays there.
      accepts: (code) => !isFailure(code) || code === status.STATUS_BUFFER_OVERFLOW,
    });
    return parseRead(reply.body);
  }

  async write(data: Uint8Array | string, offset: number | bigint = 0): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const body = encodeWrite(this.fileId, bytes, BigInt(offset));
    await this.tree.request({ command: commands.WRITE, body, creditCharge: creditCharge(bytes.length) });
  }

  async flush(): Promise<void> {
    await this.#request(commands.FLUSH, encodeFlush(this.fileId));
  }

  async close(): Promise<void> {
    await this.#request(commands.CLOSE, encodeClose(this.fileId));
  }

  /** Locks or unlocks ranges. A lock that must wait settles when it is granted. */
  async lock(...ranges: readonly LockRange[]): Promise<void> {
    await this.#request(commands.LOCK, encodeLock(this.fileId, ranges));
  }

  /** Asks to be told of the next change in this directory. */
  watch(options: WatchOptions = {}): Watch {
    const taken = Promise.withResolvers<void>();
    let interim: ResponseHeader | undefined;
    const reply = this.tree.request({
      command: commands.CHANGE_NOTIFY,
      body: encodeWatch(this.fileId, options),
      accepts: () => true,
      onPending: (header) => {
        interim = header;
        taken.resolve();
      },
    });
    const final = reply.then(({ header }) => header.status);
    final.then(() => taken.resolve(), taken.reject);
    taken.promise.catch(() => {});
    const cancel = (): void => {
      if (interim) this.tree.session.link.exchange.cancel(interim, this.tree.protection());
    };
    return { pending: taken.promise, status: final, cancel };
  }

  #request(command: number, body: Buffer): Promise<Reply> {
    return this.tree.request({ command, body });
  }
}

/** One credit for each 64 KiB, [MS-SMB2] 3.1.5.2. */
function creditCharge(lengthBytes: number): number {
  return Math.max(1, Math.ceil(lengthBytes / 0x1_0000));
}

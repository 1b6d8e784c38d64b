import { createConnection, type Socket } from 'node:net';
import { ProtocolError } from './errors.ts';

/** Where a connection goes, and from which local address and port. */
export type Address = {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
  readonly localPort?: number;
};

const prefixBytes = 4;
const longestFrame = 0x00ff_ffff;
const closeTimeoutMs = 2000;

/** A TCP connection that carries whole SMB2 frames, each behind its length ([MS-SMB2] 2.1). */
export class Transport {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly #socket: Socket;
  #unread: Buffer = Buffer.alloc(0);
  #isCorked = false;

  static async connect(address: Address): Promise<Transport> {
    const socket = createConnection({ ...address, noDelay: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('connect', resolve).once('error', reject);
    await promise;
    socket.off('error', reject);
    return new Transport(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    // Kept, because a closed socket forgets them.
    this.localAddress = socket.localAddress ?? '';
    this.localPort = socket.localPort ?? 0;
    this.remotePort = socket.remotePort ?? 0;
  }

  /** Starts the delivery of frames. `onEnd` is called once, with the reason if there is one. */
  listen(onFrame: (frame: Buffer) => void, onEnd: (cause?: Error) => void): void {
    let failure: Error | undefined;
    this.#socket
      .on('data', (chunk: Buffer) => {
        try {
          this.#receive(chunk, onFrame);
        } catch (error) {
          this.#socket.destroy(error as Error);
        }
      })
      .on('error', (error) => {
        failure = error;
      })
      .once('close', () => onEnd(failure));
  }

  /** Writes a frame. What is sent within one turn of the event loop leaves in one write. */
  send(frame: Buffer): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    const prefix = Buffer.alloc(prefixBytes);
    prefix.writeUInt32BE(frame.length);
    this.#socket.write(prefix);
    this.#socket.write(frame);
  }

  /** Says that nothing more will be sent, and waits until the server ends its side too; a silent one is dropped. */
  async close(): Promise<void> {
    if (this.#socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.drop(), closeTimeoutMs);
    this.#socket.once('close', () => resolve()).end();
    await promise;
    clearTimeout(timer);
  }

  /** Resets the connection at once. */
  drop(): void {
    this.#socket.resetAndDestroy();
  }

  #receive(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    let unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    while (unread.length >= prefixBytes) {
      const length = unread.readUInt32BE();
      if (length > longestFrame) throw new ProtocolError('a frame does not start like one');
      if (unread.length < prefixBytes + length) break;
      onFrame(unread.subarray(prefixBytes, prefixBytes + length));
      unread = unread.subarray(prefixBytes + length);
    }
    this.#unread = unread;
  }
}

/** @module What winbindd says, byte by byte, and a socket that says it. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const requestBytes = 2136;
const responseBytes = 4008;

/** An answer with texts and numbers at their places in its union. */
export function answer(fields: Readonly<Record<number, string | number>> = {}, extra = ''): Buffer {
  const bytes = Buffer.alloc(responseBytes + Buffer.byteLength(extra));
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt32LE(2, 4); // WINBINDD_OK
  for (const [at, value] of Object.entries(fields)) {
    if (typeof value === 'string') bytes.write(value, 8 + Number(at));
    else bytes.writeUInt32LE(value, 8 + Number(at));
  }
  bytes.write(extra, responseBytes);
  return bytes;
}

/** What winbindd says where it can't: there is no such account, or nobody to ask. */
export function refusal(): Buffer {
  const bytes = answer();
  bytes.writeUInt32LE(0, 4);
  return bytes;
}

/** A request as winbindd reads it. */
export interface AskedFor {
  readonly command: number;
  readonly domainName: string;
  /** The first two texts of the union. */
  readonly texts: readonly [string, string];
  readonly extra: string;
}

export function readRequest(bytes: Buffer): AskedFor {
  const text = (at: number) => bytes.toString('utf8', at, bytes.indexOf(0, at));
  const extra = bytes.readUInt32LE(2128) === 0 ? '' : text(requestBytes);
  return { command: bytes.readUInt32LE(4), domainName: text(24), texts: [text(320), text(576)], extra };
}

/** Listens as winbindd does, and answers as it is told; `null` for no answer. */
export class WinbindServer implements AsyncDisposable {
  /** What was asked so far. */
  readonly asked: AskedFor[] = [];
  /** How the next requests are answered. */
  reply: (request: AskedFor) => Buffer | null;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  static async listen(path: string, reply: WinbindServer['reply']): Promise<WinbindServer> {
    const server = new WinbindServer(reply);
    server.server.listen(path);
    await once(server.server, 'listening');
    return server;
  }

  private constructor(reply: WinbindServer['reply']) {
    this.reply = reply;
    this.server = createServer((socket) => this.serve(socket));
  }

  /** Connections so far; each request has its own. */
  numConnections = 0;

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.numConnections++;
    this.sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const isWhole = received.length >= requestBytes && received.length === requestBytes + received.readUInt32LE(2128);
      if (!isWhole) return;
      const request = readRequest(received);
      this.asked.push(request);
      const bytes = this.reply(request);
      if (bytes !== null) socket.write(bytes);
    });
  }
}

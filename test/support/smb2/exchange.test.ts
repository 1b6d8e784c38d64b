import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { commands } from './commands.ts';
import { Exchange, type Request } from './exchange.ts';
import { decodeHeader, headerFlags, type ResponseHeader } from './header.ts';
import { status } from './status.ts';
import { Transport } from './transport.ts';
import { WireWriter } from './wire-writer.ts';

const echo: Request = { command: commands.ECHO, body: Buffer.from([4, 0, 0, 0]) };
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

test('no more requests are under way than there are credits', async () => {
  const { exchange, server } = await connect();
  const replies = Promise.all(Array.from({ length: 5 }, () => exchange.request(echo)));
  expect(await server.take(1)).toEqual([0n]);
  server.answer(0n, { credits: 2 });
  expect(await server.take(2)).toEqual([1n, 2n]);
  server.answer(2n, { credits: 0 });
  server.answer(1n, { credits: 3 });
  expect(await server.take(2)).toEqual([3n, 4n]);
  server.answer(4n, { credits: 1 });
  server.answer(3n, { credits: 1 });
  expect((await replies).map(({ header }) => header.messageId)).toEqual([0n, 1n, 2n, 3n, 4n]);
});

test('a long request takes several credits and message ids', async () => {
  const { exchange, server } = await connect();
  const first = exchange.request(echo);
  const long = exchange.request({ ...echo, creditCharge: 3 });
  const last = exchange.request(echo);
  await server.take(1);
  server.answer(0n, { credits: 4 });
  expect(await server.take(2)).toEqual([1n, 4n]);
  server.answer(1n, {});
  server.answer(4n, {});
  await Promise.all([first, long, last]);
});

test('an interim answer only announces the final one', async () => {
  const { exchange, server } = await connect();
  const pending = Promise.withResolvers<ResponseHeader>();
  const reply = exchange.request({ ...echo, onPending: pending.resolve });
  await server.take(1);
  server.answer(0n, { code: status.STATUS_PENDING, flags: headerFlags.async });
  expect((await pending.promise).status).toBe(status.STATUS_PENDING);
  server.answer(0n, { flags: headerFlags.async });
  expect((await reply).header.status).toBe(status.STATUS_SUCCESS);
});

test('a failure carries its status, name and command', async () => {
  const { exchange, server } = await connect();
  const reply = exchange.request(echo);
  await server.take(1);
  server.answer(0n, { code: status.STATUS_ACCESS_DENIED });
  await expect(reply).rejects.toMatchObject({ status: 0xc000_0022, code: 'STATUS_ACCESS_DENIED', command: 'ECHO' });
});

test('a lost connection ends what was sent, what waits and what comes later', async () => {
  const { exchange, server } = await connect();
  const requests = [exchange.request(echo), exchange.request(echo)];
  await server.take(1);
  server.drop();
  for (const request of requests) await expect(request).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  await expect(exchange.request(echo)).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
});

test('bytes that are no message end the connection', async () => {
  const { exchange, server } = await connect();
  const request = exchange.request(echo);
  await server.take(1);
  server.send(Buffer.alloc(64));
  await expect(request).rejects.toMatchObject({ code: 'CONNECTION_LOST', cause: { code: 'PROTOCOL_ERROR' } });
});

/** The far side of a connection, which answers only what the test tells it to. */
class FarSide {
  readonly #socket: Socket;
  readonly #messageIds: bigint[] = [];
  #arrival = Promise.withResolvers<void>();

  constructor(socket: Socket) {
    this.#socket = socket.on('error', () => {}).on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  /** Waits for requests; returns their message ids. */
  async take(count: number): Promise<bigint[]> {
    while (this.#messageIds.length < count) await this.#arrival.promise;
    return this.#messageIds.splice(0);
  }

  answer(messageId: bigint, { credits = 1, code = 0, flags = 0 }): void {
    const writer = new WireWriter().u32(0x424d_53fe).u16(64).u16(1).u32(code).u16(commands.ECHO).u16(credits);
    this.send(
      writer
        .u32(flags | headerFlags.response)
        .u32(0)
        .u64(messageId)
        .zeros(32)
        .raw(echo.body)
        .finish(),
    );
  }

  send(frame: Buffer): void {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(frame.length);
    this.#socket.write(Buffer.concat([prefix, frame]));
  }

  drop(): void {
    this.#socket.resetAndDestroy();
  }

  #receive(chunk: Buffer): void {
    const frameBytes = 4 + 64 + echo.body.length;
    for (let offset = 0; offset < chunk.length; offset += frameBytes) {
      this.#messageIds.push(decodeHeader(chunk.subarray(offset + 4)).messageId);
    }
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers<void>();
  }
}

async function connect(): Promise<{ exchange: Exchange; server: FarSide }> {
  const accepted = Promise.withResolvers<FarSide>();
  const listener = createServer((socket) => accepted.resolve(new FarSide(socket)));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const transport = await Transport.connect({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port });
  cleanups.push(
    () => transport.drop(),
    () => listener.close(),
  );
  return { exchange: new Exchange(transport), server: await accepted.promise };
}

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** A TCP port that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer()
    .once('error', reject)
    .listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  return promise;
}

/** How many sockets listen on a TCP port. Read from the kernel, since a trial connection would cost smbd a child. */
export async function countListeners(port: number): Promise<number> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const listening = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} [0-9A-F]+:0000 0A `, 'g');
  return tables.join('').match(listening)?.length ?? 0;
}

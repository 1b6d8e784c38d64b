import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { buildTestApp, memoryAudit } from '../../test/support/api.ts';
import type { Api } from './services.ts';

const url = '/v1/session/who-am-i';
const headers = { authorization: 'Bearer bad' };

let app: Api;
afterEach(() => app.close());

test('who hangs up before the answer is counted, and recorded, with the address that it had', async () => {
  const audit = memoryAudit();
  let checking = Promise.withResolvers<void>();
  let checked = Promise.withResolvers<null>();
  const verify = async () => {
    checking.resolve();
    return checked.promise;
  };
  app = await buildTestApp({ audit, verifier: { verify } });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  for (let i = 0; i < 60; i++) {
    checking = Promise.withResolvers();
    checked = Promise.withResolvers();
    const connected = once(app.server, 'connection');
    const client = connect(port, '127.0.0.1');
    const [socket] = (await connected) as [Socket];
    const gone = new Promise((resolve) => socket.once('close', resolve));
    client.write(`GET ${url} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer bad\r\n\r\n`);
    await checking.promise;
    client.resetAndDestroy();
    await gone;
    checked.resolve(null);
  }
  expect((await app.inject({ url, headers, remoteAddress: '127.0.0.1' })).statusCode).toBe(429);
  expect(new Set(audit.events.map(({ actor }) => actor.from))).toEqual(new Set(['127.0.0.1']));
});

test('who comes through a socket in the file system has no address, and no limit', async () => {
  const audit = memoryAudit();
  app = await buildTestApp({ audit, isLocal: true });
  for (let i = 0; i < 70; i++) expect((await app.inject({ url, headers })).statusCode).toBe(401);
  expect(audit.events.map(({ actor }) => actor.from)).toEqual(['this machine']);
});

import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absentSource, closerOf, someSession, sourceOf, sparseSession } from '../../test/support/sessions.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { ensureCertificate, ensureToken, type KeyPair, verifyOneToken } from '../access/index.ts';
import { buildApp } from '../api/index.ts';
import type { Closer, SessionSource } from '../sessions/index.ts';
import { RemoteSource, remoteDirectory } from './index.ts';

const folder = new TemporaryFolder();
const token = ensureToken(folder.path);
const sessions = [
  someSession(1),
  someSession(2, { isGuest: true, numOpensCertainty: 'upper_bound' }),
  sparseSession(3),
];
let pair: KeyPair;
let url: URL;
let fingerprint: string;

const build = (source: SessionSource, tls: KeyPair | null, closer: Closer = closerOf(sessions)) =>
  buildApp({
    source,
    closer,
    closeLimit: 50,
    directory: {
      lookUp: async (query) => ({
        verdict: query.kind === 'name' && query.name === 'carol' ? 'known' : 'unknown',
        accounts: [],
      }),
    },
    verifier: verifyOneToken(token),
    build: { version: '0.0.0', date: '2026-01-01' },
    tls,
    logger: null,
  });
let app: Awaited<ReturnType<typeof build>>;

beforeAll(async () => {
  pair = await ensureCertificate(folder.path);
  fingerprint = new X509Certificate(pair.cert).fingerprint256;
  app = await build(sourceOf(sessions), pair);
  url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
});
afterAll(async () => {
  await app.close();
  folder[Symbol.dispose]();
});

const ask = (changes: { token?: string; ca?: string | null; fingerprint?: string | null; url?: URL }) =>
  new RemoteSource({ url, token, ca: null, fingerprint: null, ...changes }).refresh();
const problemOf = async (changes: Parameters<typeof ask>[0]) => {
  const { parts, sessions: none } = await ask(changes);
  expect(none).toEqual([]);
  expect(parts[0]!.takenAt).toBeNull();
  return parts[0]!.problems[0]!;
};

describe('RemoteSource', () => {
  test.each([
    ['its certificate', () => ({ ca: pair.cert })],
    ['its fingerprint', () => ({ fingerprint })],
    [
      'its fingerprint, written otherwise',
      () => ({ fingerprint: `sha256:${fingerprint.replaceAll(':', '').toLowerCase()}` }),
    ],
  ])('trusts a server by %s, and gives the sessions that it has', async (_, changes) => {
    const { parts, sessions: listed } = await ask(changes());
    expect(parts).toMatchObject([{ verdict: 'complete' }]);
    expect(listed.map(({ user, ...rest }) => ({ ...rest, user: user.name }))).toEqual(
      sessions.map(({ user, ...rest }) => ({ ...rest, user: user.name })),
    );
  });

  test('does not trust a certificate by itself, and says what to do', async () => {
    const problem = await problemOf({});
    expect(problem.code).toBe('SERVER_CERTIFICATE');
    expect(problem.message).toMatch(/--ca .*--fingerprint/);
  });

  test('another fingerprint: nothing of the request goes out', async () => {
    const other = createHash('sha256').update('other').digest('hex');
    expect((await problemOf({ fingerprint: other })).code).toBe('SERVER_CERTIFICATE');
  });

  test('a token that is not known', async () => {
    expect((await problemOf({ ca: pair.cert, token: 'access-v1:x' })).code).toBe('SERVER_DENIED');
  });

  test('nobody there', async () => {
    expect((await problemOf({ url: new URL('https://127.0.0.1:1') })).code).toBe('SERVER_UNREACHABLE');
  });

  test('something else there', async () => {
    const other = createServer((_, reply) => reply.end('<html>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect((await problemOf({ url: new URL(`http://127.0.0.1:${port}`) })).code).toBe('SERVER_ANSWER');
    other.close();
  });

  test("the reader's own reason comes through", async () => {
    const absent = await build(absentSource('SAMBA_ABSENT', 'no smbd runs'), null);
    const absentUrl = new URL(await absent.listen({ port: 0, host: '127.0.0.1' }));
    const problem = await problemOf({ url: absentUrl });
    expect(problem).toMatchObject({ code: 'SAMBA_ABSENT', message: expect.stringContaining('no smbd runs') });
    await absent.close();
  });

  test('names are looked up where the server is', async () => {
    const directory = remoteDirectory({ url, token, ca: pair.cert, fingerprint: null });
    const look = (name: string) => directory.lookUp({ kind: 'name', name, realm: 'local' });
    expect(await look('carol')).toEqual({ verdict: 'known', accounts: [] });
    expect(await look('nobody')).toEqual({ verdict: 'unknown', accounts: [] });
    expect(await look('alice')).toMatchObject({
      verdict: 'known',
      accounts: sessions.map(({ location }) => ({ instance: location.instance, identity: { name: 'alice' } })),
    });
  });
});

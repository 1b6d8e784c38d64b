import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, verifierOf } from '../../test/support/api.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { absentSource, closerOf, someSession, sourceOf, sparseSession } from '../../test/support/sessions.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { ensureCertificate, type KeyPair } from '../access/index.ts';
import {
  type Closer,
  filterByIdentity,
  now,
  parseIdentity,
  privileges,
  type SessionSource,
  toIso,
  toSessionJson,
  type UserDirectory,
} from '../sessions/index.ts';
import { RemoteSource, remoteDirectory } from './index.ts';

const folder = new TemporaryFolder();
const token = 'access-v1:good';
const sessions = [
  someSession(1),
  someSession(2, { isGuest: true, numOpensCertainty: 'upper_bound' }),
  sparseSession(3),
];
let pair: KeyPair;
let url: URL;
let fingerprint: string;

/** Knows carol, who is nobody's user, and that nobody else is there. */
const carolOnly: UserDirectory = {
  lookUp: async (query) => ({
    verdict: query.kind === 'name' && query.name === 'carol' ? 'known' : 'unknown',
    accounts: [],
  }),
};
const build = (
  source: SessionSource,
  tls: KeyPair | null,
  closer: Closer = closerOf(sessions),
  directory: UserDirectory = carolOnly,
) =>
  buildTestApp({
    source,
    closer,
    closeLimit: 50,
    directory,
    verifier: verifierOf({ [token]: somePrincipal(privileges) }),
    tls,
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

  test.each([
    [-3_600_000, true],
    [3_600_000, true],
    [-100, false],
    [null, false],
  ])("a server whose clock is %s ms ahead: ages are the server's", async (aheadMs, isMoved) => {
    const active = someSession(1, { lastActiveAt: now() + (aheadMs ?? 0) * 1000 - 5_000_000, idleCertainty: 'exact' });
    const opened = toSessionJson(active);
    const part = { instance: 1, node: null, verdict: 'complete', problems: [], recording: null };
    const other = createServer((_, reply) => {
      const at = toIso(now() + (aheadMs ?? 0) * 1000);
      const clock = aheadMs === null ? {} : { now: at };
      reply.end(
        JSON.stringify({ ...clock, parts: [{ ...part, taken_at: at }], sessions: [opened], paging: { next: null } }),
      );
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { parts, sessions: listed } = await ask({ url: new URL(`http://127.0.0.1:${port}`) });
    other.close();
    const at = now();
    // Never older than it is; how much younger is what the answer took.
    expect(at - listed[0]!.lastActiveAt!).toBeLessThan(65_000_000);
    expect(at - listed[0]!.lastActiveAt!).toBeGreaterThan(0);
    expect(parts[0]!.takenAt).toBeGreaterThan(at - 60_000_000);
    const moved = listed[0]!.lastActiveAt! - active.lastActiveAt!;
    expect(listed[0]!.openedAt! - active.openedAt!).toBe(moved);
    if (isMoved) expect(Math.round(moved / 60_000_000)).toBe(-aheadMs! / 60_000);
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
    expect(await look('carol')).toEqual({ verdict: 'known', accounts: [], isOfSessions: true });
    expect(await look('nobody')).toEqual({ verdict: 'unknown', accounts: [], isOfSessions: true });
    expect(await look('alice')).toMatchObject({
      verdict: 'known',
      accounts: sessions.map(({ location }) => ({ instance: location.instance, identity: { name: 'alice' } })),
    });
  });

  test("a bare name finds no more than where the server is: nobody by its own account's name while that is away", async () => {
    const { user } = someSession(1);
    const twins = [1, 2].map((instance) => {
      const { location } = someSession(instance);
      const ids = { authId: '21474837480', sid: 'S-1-5-21-8-8-8-1000', name: 'AD\\alice' };
      const names = ['ad\\alice', 'alice'];
      return someSession(instance, {
        location: { ...location, instance },
        user: { ...user, ...ids, domain: 'ACTIVE_DIRECTORY', names },
      });
    });
    const knows: UserDirectory = {
      lookUp: async () => ({ verdict: 'known', accounts: [{ instance: 1, identity: user }] }),
    };
    const server = await build(sourceOf(twins), null, closerOf(twins), knows);
    const address = {
      url: new URL(await server.listen({ port: 0, host: '127.0.0.1' })),
      token,
      ca: null,
      fingerprint: null,
    };
    const { sessions: listed } = await new RemoteSource(address).refresh();
    const find = async (text: string, directory: UserDirectory) => {
      const found = await filterByIdentity(listed, parseIdentity(text), directory);
      return found.map(({ location }) => location.instance);
    };
    for (const directory of [remoteDirectory(address), knows]) {
      expect(await find('alice', directory)).toEqual([2]);
      expect(await find('AD\\alice', directory)).toEqual([1, 2]);
    }
    await server.close();
  });
});

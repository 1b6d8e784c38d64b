import { connect } from 'node:net';
import fc from 'fast-check';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, verifierOf } from '../../test/support/api.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { absentSource, someSession, sourceOf, sparseSession } from '../../test/support/sessions.ts';
import type { SessionSource } from '../sessions/index.ts';
import { ErrorSchema, sharedSchemas } from './schemas.ts';
import type { Api } from './services.ts';

const principal = somePrincipal(['PRIVILEGE_SMB_SESSION_READ']);
const verifier = verifierOf({ good: principal, weak: somePrincipal([], { name: 'weak' }) });
const build = (source: SessionSource) => buildTestApp({ source, verifier });

const sessions = Array.from({ length: 30 }, (_, i) => someSession(i + 1));
const schemas = Object.fromEntries(sharedSchemas.map((schema) => [(schema as { $id: string }).$id, schema]));
const isError = Compile(schemas, ErrorSchema);
let app: Api;

beforeAll(async () => {
  app = await build(sourceOf(sessions));
});
afterAll(() => app.close());

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers: { authorization: 'Bearer good', ...headers } });
type Reply = Awaited<ReturnType<typeof get>>;
const list = async (query = '') => (await get(`/v1/smb/sessions/${query}`)).json();

describe('GET /v1/smb/sessions/', () => {
  test('is what the contract says, key by key', async () => {
    const reply = await get('/v1/smb/sessions/');
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    const schema = Type.Object({ session_infos: Type.Array(Type.Ref('SmbSession')), paging: Type.Ref('Paging') });
    expect([...Compile(schemas, schema).Errors(reply.json())]).toEqual([]);
    const [first] = reply.json().session_infos;
    expect(Object.keys(first)).toEqual([
      'location',
      'tenant_id',
      'originator',
      'server_address',
      'user',
      'num_opens',
      'time_open',
      'time_idle',
      'is_guest',
      'is_encrypted',
      'share_names',
    ]);
    expect(first).toMatchObject({
      location: '1.1.134400300000000000',
      tenant_id: 1,
      originator: '192.0.2.77',
      server_address: '192.0.2.1',
      user: { domain: 'LOCAL', auth_id: '1000', uid: 20_001, gid: 20_001, sid: 'S-1-5-21-1-2-3-1000', name: 'alice' },
      num_opens: 2,
      time_idle: { nanoseconds: '0' },
      is_guest: false,
      is_encrypted: false,
      share_names: ['docs'],
    });
    expect(Object.keys(first.user)).toEqual(['domain', 'auth_id', 'uid', 'gid', 'sid', 'name']);
    expect(BigInt(first.time_open.nanoseconds)).toBeGreaterThan(0n);
  });

  test.each(['/v1/smb/sessions', '/v1/smb/sessions/', '/api/v1/smb/sessions', '/api/v1/smb/sessions/'])(
    '%s is the same list',
    async (url) => {
      expect((await get(url)).json().session_infos).toHaveLength(30);
    },
  );

  test('an anonymous logon is a guest to the contract, and encryption only whole', async () => {
    const anonymous = someSession(1, { isAnonymous: true, encryption: 'partial' });
    const other = await build(sourceOf([anonymous, someSession(2, { encryption: 'full' })]));
    const reply = await other.inject({ url: '/v1/smb/sessions/', headers: { authorization: 'Bearer good' } });
    expect(reply.json().session_infos).toMatchObject([
      { is_guest: true, is_encrypted: false },
      { is_guest: false, is_encrypted: true },
    ]);
    await other.close();
  });

  test('pages are followed by sending next as it is', async () => {
    const seen: string[] = [];
    let next: string | null = '/v1/smb/sessions/?limit=7&identity=alice';
    while (next !== null) {
      expect(next).toMatch(/^\/v1\/smb\/sessions\/\?/);
      const [page, again]: [Reply, Reply] = await Promise.all([get(next), get(next)]);
      expect(again.json().session_infos.map((s: { location: string }) => s.location)).toEqual(
        page.json().session_infos.map((s: { location: string }) => s.location),
      );
      seen.push(...page.json().session_infos.map((s: { location: string }) => s.location));
      next = page.json().paging.next;
    }
    expect(seen).toEqual(sessions.map(({ location }) => `1.${location.sessionGlobalId}.${location.creationTime}`));
  });

  test('a parameter whose name begins with a question mark is read without it', async () => {
    expect((await list('?limit=10&?identity=uid:1')).session_infos).toEqual([]);
  });

  test('unknown parameters are ignored, a large limit is lowered', async () => {
    expect((await list('?foo=bar&limit=99999999999999')).session_infos).toHaveLength(30);
  });

  test.each([
    ['?limit=0', 'bad_parameter_error', /^limit/],
    ['?limit=-5', 'bad_parameter_error', /^limit/],
    ['?limit=ten', 'bad_parameter_error', /^limit/],
    ['?limit=', 'bad_parameter_error', /^limit/],
    ['?limit=1.5', 'bad_parameter_error', /^limit/],
    ['?limit=1e1', 'bad_parameter_error', /^limit must be a whole number/],
    ['?limit=0x10', 'bad_parameter_error', /^limit/],
    ['?limit=5.0', 'bad_parameter_error', /^limit/],
    ['?limit=1&limit=2', 'bad_parameter_error', /^limit/],
    ['?after=', 'bad_parameter_error', /^after/],
    ['?after=1.2', 'bad_parameter_error', /^after/],
    ['?after=%00', 'bad_parameter_error', /^after/],
    ['?identity=', 'identity_syntax_error', /empty/],
    ['?identity=a&identity=b', 'bad_parameter_error', /^identity/],
    ['?identity=posix:x', 'identity_syntax_error', /local, world/],
    ['?identity=nosuch', 'cred_invalid_local_user_error', /nosuch/],
    ['?identity=sid:x', 'cred_invalid_sid_error', /"x"/],
  ])('%s: 400 that says what was wrong', async (query, errorClass, description) => {
    const reply = await get(`/v1/smb/sessions/${query}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ error_class: errorClass, description: expect.stringMatching(description) });
    expect(isError.Check(reply.json())).toBe(true);
  });

  test('no query makes anything but 200, 400 or 503', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, text, text, async (identity, after, limit) => {
        const query = new URLSearchParams({
          identity: identity.toWellFormed(),
          after: after.toWellFormed(),
          limit: limit.toWellFormed(),
        });
        const reply = await get(`/v1/smb/sessions/?${query}`);
        expect([200, 400, 503]).toContain(reply.statusCode);
        if (reply.statusCode !== 200) expect(isError.Check(reply.json())).toBe(true);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('where Samba is absent: 503 with the reason', async () => {
    const other = await build(absentSource('SAMBA_ABSENT', 'no smbd runs'));
    const reply = await other.inject({ url: '/v1/smb/sessions/', headers: { authorization: 'Bearer good' } });
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toMatchObject({
      error_class: 'samba_unavailable_error',
      description: 'SAMBA_ABSENT: no smbd runs',
    });
    expect((await other.inject('/readyz')).statusCode).toBe(503);
    expect((await other.inject('/readyz')).body).not.toContain('no smbd runs');
    expect((await other.inject('/healthz')).statusCode).toBe(200);
    await other.close();
  });
});
describe('a session of which little is known', () => {
  test('has every key of the contract all the same, and is never too old', async () => {
    const other = await build(sourceOf([sparseSession(5)]));
    const headers = { authorization: 'Bearer good' };
    const contract = await other.inject({ url: '/v1/smb/sessions/', headers });
    const [session] = contract.json().session_infos;
    expect([...Compile(schemas, Type.Ref('SmbSession')).Errors(session)]).toEqual([]);
    expect(session).toMatchObject({
      location: '1.5.0',
      server_address: '',
      time_open: { nanoseconds: '0' },
      time_idle: { nanoseconds: '0' },
      user: { sid: null, auth_id: null },
    });
    const richer = await other.inject({ url: '/smbwho/v1/sessions/1.5.0', headers });
    expect([...Compile(schemas, Type.Ref('Session')).Errors(richer.json())]).toEqual([]);
    expect(richer.json()).toMatchObject({ opened_at: null, channels: [{ server: null, opened_at: null }] });
    await other.close();
  });
});

describe('GET /smbwho/v1/sessions', () => {
  test('says all that is known, as its schema has it', async () => {
    const reply = await get('/smbwho/v1/sessions?limit=2');
    const schema = Type.Object({
      now: Type.Ref('Instant'),
      parts: Type.Array(Type.Ref('Part')),
      sessions: Type.Array(Type.Ref('Session')),
      paging: Type.Ref('Paging'),
    });
    expect([...Compile(schemas, schema).Errors(reply.json())]).toEqual([]);
    expect(reply.json().sessions).toHaveLength(2);
    expect(reply.json().parts).toEqual([
      {
        instance: 1,
        node: null,
        taken_at: '2026-11-24T21:41:40.000000Z',
        verdict: 'complete',
        problems: [],
        recording: null,
      },
    ]);
    expect(reply.json().paging.next).toMatch(/^\/smbwho\/v1\/sessions\?after=1\.2\./);
  });
});

describe('the richer list', () => {
  const ids = async (query: string) => {
    const { sessions: found } = (await get(`/smbwho/v1/sessions${query}`)).json();
    return found.map(({ location }: { location: string }) => Number(location.split('.')[1]));
  };

  test('by share and network, and paged with them', async () => {
    const media = { shareNames: ['media'] };
    const other = await build(sourceOf([someSession(1), someSession(2, media), someSession(3, media)]));
    const ask = async (url: string) => (await other.inject({ url, headers: { authorization: 'Bearer good' } })).json();
    const first = await ask('/smbwho/v1/sessions?share=MEDIA&from=192.0.2.0/24&limit=1');
    expect(first.sessions.map(({ location }: { location: string }) => location.split('.')[1])).toEqual(['2']);
    const second = await ask(first.paging.next);
    expect(second.sessions.map(({ location }: { location: string }) => location.split('.')[1])).toEqual(['3']);
    expect(second.paging.next).toBeNull();
    await other.close();
    expect(await ids('?from=198.51.100.0/24')).toEqual([]);
    expect((await get('/smbwho/v1/sessions?from=nowhere')).json()).toMatchObject({
      error_class: 'bad_parameter_error',
      description: expect.stringMatching(/^from/),
    });
  });

  test('by how long a session has been idle for certain, and paged with it', async () => {
    const idle = { lastActiveAt: 1_795_556_400_000_000, idleCertainty: 'lower_bound' } as const;
    const other = await build(sourceOf([someSession(1, idle), someSession(2), someSession(3, idle)]));
    const ask = async (url: string) => (await other.inject({ url, headers: { authorization: 'Bearer good' } })).json();
    const first = await ask('/smbwho/v1/sessions?idle_over=1s&limit=1');
    const second = await ask(first.paging.next);
    const ids = [first, second].map(({ sessions }) => sessions.map((each: { location: string }) => each.location[2]));
    expect([ids, second.paging.next]).toEqual([[['1'], ['3']], null]);
    // Idle is told for when the sessions were read, 100 s after.
    expect((await ask('/smbwho/v1/sessions?idle_over=100s')).sessions).toHaveLength(2);
    expect((await ask('/smbwho/v1/sessions?idle_over=101s')).sessions).toEqual([]);
    expect((await ask('/v1/smb/sessions/')).session_infos[0].time_idle).toEqual({ nanoseconds: '100000000000' });
    expect((await ask('/smbwho/v1/sessions?idle_over=soon')).description).toMatch(/^idle_over must be a duration/);
    await other.close();
  });

  test('the contract knows no such filters: there they are unknown parameters', async () => {
    expect((await list('?share=none&from=nowhere')).session_infos).toHaveLength(30);
  });

  test('one session by its location', async () => {
    const location = '1.7.134400300000000000';
    expect((await get(`/smbwho/v1/sessions/${location}`)).json()).toMatchObject({ location, user: { name: 'alice' } });
    for (const wrong of ['1.7.134400300000000001', '7', '%00', 'x'.repeat(90)]) {
      const reply = await get(`/smbwho/v1/sessions/${wrong}`);
      expect(reply.statusCode).toBe(404);
      expect(isError.Check(reply.json())).toBe(true);
    }
  });
});

describe('tokens', () => {
  test.each([
    [{}, 401],
    [{ authorization: '' }, 401],
    [{ authorization: 'good' }, 401],
    [{ authorization: 'Basic Z29vZA==' }, 401],
    [{ authorization: 'Bearer' }, 401],
    [{ authorization: 'Bearer bad' }, 401],
    [{ authorization: 'Bearer good extra' }, 401],
    [{ authorization: 'Bearer weak' }, 403],
    [{ authorization: 'bearer good' }, 200],
  ])('%j: %d', async (headers, status) => {
    for (const url of ['/v1/smb/sessions/', '/smbwho/v1/sessions']) {
      const reply = await app.inject({ url, headers });
      expect(reply.statusCode).toBe(status);
      if (status === 401) expect(reply.headers['www-authenticate']).toContain('Bearer');
      if (status !== 200) expect(isError.Check(reply.json())).toBe(true);
    }
  });

  test('a bad token is told before a bad parameter', async () => {
    expect((await app.inject('/v1/smb/sessions/?limit=x')).statusCode).toBe(401);
  });

  test('who-am-i', async () => {
    const { privileges, can_change_password, ...texts } = (await get('/v1/session/who-am-i')).json();
    expect(privileges).toEqual(principal.privileges);
    expect(can_change_password).toBe(false);
    expect(Object.values(texts).every((value) => typeof value === 'string')).toBe(true);
  });
});

describe('the edges of HTTP', () => {
  test('version needs no token, and tools find digits in it', async () => {
    expect((await app.inject('/v1/version')).json().revision_id).toMatch(/^Qumulo Core \d+\.\d+/);
  });

  test.each([
    ['GET', '/', 404],
    ['GET', '/v1/nothing', 404],
    ['GET', '/v1/smb/sessions/1', 404],
    ['GET', '/v1/smb/%2e%2e/sessions', 404],
    ['DELETE', '/v1/smb/sessions/', 405],
    ['PUT', '/v1/smb/sessions', 405],
    ['POST', '/smbwho/v1/sessions/', 405],
    ['POST', '/healthz', 405],
    ['GET', '/v1/smb/sessions//', 404],
    ['OPTIONS', '/v1/smb/sessions/', 405],
  ] as const)('%s %s: %d in JSON', async (method, url, status) => {
    const reply = await app.inject({ method, url });
    expect(reply.statusCode).toBe(status);
    expect(isError.Check(reply.json())).toBe(true);
    if (status === 405) expect(reply.headers.allow).toBe('GET');
  });

  test('a body that is no JSON, a strange type and one too large', async () => {
    const post = (payload: string, type: string) =>
      app.inject({ method: 'POST', url: '/v1/nothing', payload, headers: { 'content-type': type } });
    for (const reply of [
      await post('{', 'application/json'),
      await post('x', 'text/x'),
      await post('x'.repeat(5_000_000), 'application/json'),
    ]) {
      expect(reply.statusCode).toBeGreaterThanOrEqual(400);
      expect(reply.statusCode).toBeLessThan(500);
      expect(isError.Check(reply.json())).toBe(true);
    }
  });

  test('what the body holds does not matter where nothing reads it', async () => {
    const post = (url: string, payload: string) =>
      app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } });
    expect((await post('/v1/smb/sessions/', '{')).statusCode).toBe(405);
    expect((await post('/v1/nothing', 'x'.repeat(5_000_000))).statusCode).toBe(404);
  });

  test('on plain HTTP the Host must be this machine', async () => {
    expect((await get('/v1/version', { host: 'evil.example' })).json().error_class).toBe('host_not_allowed_error');
    for (const host of ['[::1]:8000', '127.0.0.5:1', 'LocalHost'])
      expect((await get('/v1/version', { host })).statusCode).toBe(200);
    for (const host of ['127.0.0.1.evil.example', '127.evil'])
      expect((await get('/v1/version', { host })).statusCode).toBe(400);
  });

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a URL that is none', 'GET \x01 HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['endless headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ['no Host', 'GET /v1/version HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'a strange Expect',
      'GET /v1/version HTTP/1.1\r\nHost: localhost\r\nExpect: nonsense\r\nConnection: close\r\n\r\n',
      417,
    ],
    ['a broken escape', 'GET /v1/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
  ])('%s: an error in JSON, and the server lives', async (_, text, status) => {
    await app.listen({ port: 0, host: '127.0.0.1' }).catch(() => undefined);
    const answer = await ask(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(isError.Check(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)))).toBe(true);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

function ask(text: string): Promise<string> {
  const { port } = app.server.address() as { port: number };
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

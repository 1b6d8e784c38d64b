import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, verifierOf } from '../../../test/support/api.ts';
import { somePrincipal } from '../../../test/support/principals.ts';
import { absentSource, someSession, sourceOf } from '../../../test/support/sessions.ts';
import { formatIdentity, posixGroup, posixUser, type SessionSource, type UserDirectory } from '../../sessions/index.ts';
import { ErrorSchema, IdentitySchema, sharedSchemas } from '../schemas.ts';
import type { Api } from '../services.ts';

const schemas = Object.fromEntries(sharedSchemas.map((schema) => [(schema as { $id: string }).$id, schema]));
const isIdentity = Compile(schemas, IdentitySchema);
const isError = Compile(schemas, ErrorSchema);
const directory: UserDirectory = {
  lookUp: async (query) => {
    const known = { 'uid:7': posixUser({ uid: 7, gid: 8, name: 'bob' }), 'gid:50': posixGroup(50, 'staff') };
    const identity = known[formatIdentity(query) as keyof typeof known];
    if (identity !== undefined) return { verdict: 'known', accounts: [{ instance: 1, identity }] };
    return { verdict: formatIdentity(query) === 'ad:slow' ? 'unavailable' : 'unknown', accounts: [] };
  },
};
const verifier = verifierOf({
  good: somePrincipal(['PRIVILEGE_IDENTITY_READ']),
  weak: somePrincipal(['PRIVILEGE_SMB_SESSION_READ'], { name: 'weak' }),
});
const build = (source: SessionSource) => buildTestApp({ source, directory, verifier });
let app: Api;

beforeAll(async () => {
  app = await build(sourceOf([someSession(1)]));
});
afterAll(() => app.close());

const post = (payload: unknown, url = '/v1/identity/find', token = 'good') =>
  app.inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

const alice = {
  domain: 'LOCAL',
  auth_id: '1000',
  uid: 20_001,
  gid: 20_001,
  sid: 'S-1-5-21-1-2-3-1000',
  name: 'alice',
};

describe('POST /v1/identity/find', () => {
  test.each(['/v1/identity/find', '/v1/identity/find/', '/api/v1/identity/find', '/api/v1/identity/find/'])(
    '%s: the whole user object, key by key',
    async (url) => {
      const reply = await post({ name: 'alice' }, url);
      expect(reply.statusCode).toBe(200);
      expect(reply.json()).toEqual(alice);
      expect(Object.keys(reply.json())).toEqual(Object.keys(alice));
      expect(isIdentity.Check(reply.json())).toBe(true);
    },
  );

  test.each([
    [alice, 'alice'],
    [{ ...alice, domain: null, auth_id: null, gid: null, sid: null, name: null }, 'alice'],
    [{ auth_id: 1000 }, 'alice'],
    [{ name: 'alice', more: { of: 'this' } }, 'alice'],
    [{ uid: 7, sid: null }, 'bob'],
    [{ gid: 50 }, 'staff'],
  ])('%j is %s', async (body, name) => {
    const reply = await post(body);
    expect(reply.json()).toMatchObject({ name });
    expect(isIdentity.Check(reply.json())).toBe(true);
  });

  test.each([
    ['', 400, 'decode_error'],
    ['{', 400, 'decode_error'],
    ['null', 400, 'decode_error'],
    ['[]', 400, 'decode_error'],
    ['"alice"', 400, 'decode_error'],
    [{}, 400, 'decode_error'],
    [{ domain: 'LOCAL' }, 400, 'decode_error'],
    [{ uid: 'one' }, 400, 'decode_error'],
    [{ uid: -1 }, 400, 'decode_error'],
    [{ uid: 2 ** 32 }, 400, 'decode_error'],
    [{ name: {} }, 400, 'decode_error'],
    [{ sid: 'x' }, 400, 'cred_invalid_sid_error'],
    [{ auth_id: 'x' }, 400, 'identity_syntax_error'],
    [{ name: 'nosuch' }, 404, 'identity_not_found_error'],
    [{ uid: 20_001, name: 'bob' }, 404, 'identity_not_found_error'],
    [{ name: 'slow', domain: 'ACTIVE_DIRECTORY' }, 503, 'identity_unavailable_error'],
  ])('%j: %i %s', async (body, status, errorClass) => {
    const reply = await post(body);
    expect([reply.statusCode, reply.json().error_class]).toEqual([status, errorClass]);
    expect(isError.Check(reply.json())).toBe(true);
  });

  test('needs its own privilege, and is for POST alone', async () => {
    expect((await post(alice, '/v1/identity/find', 'weak')).statusCode).toBe(403);
    expect((await app.inject('/v1/identity/find')).statusCode).toBe(405);
  });

  test('is answered while no session can be read', async () => {
    const other = await build(absentSource('SAMBA_ABSENT', 'no smbd runs'));
    const reply = await other.inject({
      method: 'POST',
      url: '/v1/identity/find',
      headers: { authorization: 'Bearer good' },
      payload: { uid: 7 },
    });
    expect(reply.json()).toMatchObject({ name: 'bob', sid: 'S-1-5-88-1-7' });
    await other.close();
  });
});

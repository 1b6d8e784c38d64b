import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildTestApp, type MemoryAudit, memoryAudit } from '../../test/support/api.ts';
import { closerOf, someSession, sourceOf, type TestCloser } from '../../test/support/sessions.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { type Access, openAccess } from '../access/index.ts';
import { AccessError, type AuditEvent, builtInRoles, formatLocation, type TokenWish } from '../sessions/index.ts';
import { sharedSchemas } from './schemas.ts';
import type { Api } from './services.ts';

const schemas = Object.fromEntries(sharedSchemas.map((schema) => [(schema as { $id: string }).$id, schema]));
const own = {
  treeConnects: [{ shareName: 'media', openedAt: null, encryption: 'none' }],
  shareNames: ['media'],
} as const;
const [docs, media] = [someSession(1), someSession(2, own)];
const [docsLocation, mediaLocation] = [docs, media].map(({ location }) => formatLocation(location));
const path = '/v1/auth/access-tokens/';

let folder: TemporaryFolder;
let access: Access;
let audit: MemoryAudit;
let closer: TestCloser;
let app: Api;
/** Throws where a test wants an event not to be recorded. */
let refuse: (event: AuditEvent) => void;

beforeEach(async () => {
  folder = new TemporaryFolder();
  const roles = {
    ...builtInRoles,
    Keepers: ['PRIVILEGE_ACCESS_TOKENS_READ', 'PRIVILEGE_ACCESS_TOKENS_WRITE'] as const,
  };
  access = openAccess(folder.path, roles);
  await access.accounts.create({ name: 'olga', roles: ['Observers'], password: null });
  refuse = () => undefined;
  audit = memoryAudit((event) => refuse(event));
  closer = closerOf([docs, media]);
  app = await buildTestApp({ ...access, audit, closer, source: sourceOf([docs, media]) });
});
afterEach(async () => {
  await app.close();
  access[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const make = async (wish: Partial<TokenWish> = {}) =>
  (
    await access.tokens.draft({ owner: 'admin', name: null, role: null, limits: null, expiresAt: null, ...wish }, null)
  ).keep();
const ask = (token: string, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload === undefined ? {} : { payload }),
  });

describe('POST /v1/auth/access-tokens/', () => {
  test('makes a token that is good at once, and is recorded before', async () => {
    const admin = await make();
    refuse = ({ outcome }) => expect(access.tokens.list()).toHaveLength(outcome === 'begun' ? 1 : 2);
    const reply = await ask(admin, 'POST', path, { user: { name: 'olga' }, expiration_time: '2099-01-31T00:00:00Z' });
    expect([reply.statusCode, Object.keys(reply.json())]).toEqual([200, ['id', 'bearer_token']]);
    const { id, bearer_token: token } = reply.json();
    expect(token).toMatch(/^access-v1:[\w-]{43}$/);
    const whoAmI = (await ask(token, 'GET', '/v1/session/who-am-i')).json();
    expect(whoAmI).toMatchObject({ name: 'olga', privileges: builtInRoles.Observers, access_token_id: id });
    expect((await ask(token, 'GET', '/v1/session/roles')).json()).toEqual(['Observers']);
    const event = { operation: 'token_create', actor: { name: 'admin', tokenId: '1' }, target: id, user: 'olga' };
    expect(audit.events).toMatchObject([
      { ...event, outcome: 'begun', begunAs: null },
      { ...event, outcome: 'done', begunAs: 1 },
    ]);
    expect(JSON.stringify(audit.events)).not.toContain(token);
  });

  test('takes the identity of a list, and a role and limits', async () => {
    const admin = await make();
    const [{ user }] = (await ask(admin, 'GET', path)).json().entries;
    const limits = { shares: ['docs'], networks: ['192.0.2.0/24'] };
    const body = { user, name: 'helpdesk', role: 'Observers', limits };
    const { id } = (await ask(admin, 'POST', path, body)).json();
    const { tokens } = (await ask(admin, 'GET', '/smbwho/v1/tokens')).json();
    const schema = Compile(schemas, Type.Array(Type.Ref('Token')));
    expect([...schema.Errors(tokens)]).toEqual([]);
    expect(tokens[1]).toMatchObject({
      id,
      name: 'helpdesk',
      owner: { id: '500', name: 'admin' },
      creator: { id: '500', name: 'admin' },
      role: 'Observers',
      limits: { ...limits, instances: null },
      expires_at: null,
      is_enabled: true,
    });
    expect(audit.events.at(-1)!.message).toContain('"shares":["docs"]');
  });

  test.each([
    [{}, 'decode_error'],
    [{ user: {} }, 'decode_error'],
    [{ user: 'admin' }, 'decode_error'],
    [{ user: { name: 'admin' }, limit: { shares: ['docs'] } }, 'decode_error'],
    [{ user: { name: 'admin' }, limits: { share: ['docs'] } }, 'decode_error'],
    [{ user: { name: 'admin' }, limits: { shares: [] } }, 'decode_error'],
    [{ user: { name: 'admin' }, limits: {} }, 'decode_error'],
    [{ user: { name: 'admin' }, limits: { shares: null } }, 'decode_error'],
    [{ user: { name: 'admin' }, limits: null }, 'decode_error'],
    [{ user: { name: 'admin' }, expiration_time: 'tomorrow' }, 'decode_error'],
    [{ user: { name: 'admin' }, expiration_time: '2001-01-01T00:00:00Z' }, 'decode_error'],
    [{ user: { name: 'admin' }, expiration_time: '2090-02-31T00:00:00Z' }, 'decode_error'],
    [{ user: { name: 'admin' }, expiration_time: '2090-02-28T00:00:00' }, 'decode_error'],
    [{ user: { name: 'admin' }, expiration_time: '2090-02-28T25:00Z' }, 'decode_error'],
    [{ user: { name: 'olga', auth_id: '500' } }, 'access_token_error'],
    [{ user: { auth_id: 'olga' } }, 'access_token_error'],
    [{ user: { name: '500' } }, 'access_token_error'],
    [{ user: { name: 'nobody' } }, 'access_token_error'],
    [{ user: { name: 'admin' }, role: 'Owners' }, 'access_token_error'],
    [{ user: { name: 'admin' }, limits: { networks: ['nowhere'] } }, 'access_token_error'],
  ])('%j: 400 %s, and there is no token', async (body, errorClass) => {
    const reply = await ask(await make(), 'POST', path, body);
    expect([reply.statusCode, reply.json().error_class]).toEqual([400, errorClass]);
    expect(access.tokens.list()).toHaveLength(1);
    expect(audit.events).toEqual([]);
  });

  test('for ever and a day is until the last moment that can be told', async () => {
    const admin = await make();
    const body = { user: { name: 'admin' }, expiration_time: '9999-12-31T23:59:59Z' };
    const { id, bearer_token: token } = (await ask(admin, 'POST', path, body)).json();
    const { entries } = (await ask(token, 'GET', path)).json();
    expect(entries[1].expiration_time).toBe('2255-06-05T23:47:34.740991Z');
    expect((await ask(admin, 'DELETE', path + id)).statusCode).toBe(200);
  });

  test('gives nobody more than who asks has', async () => {
    const keeper = await make({ role: 'Keepers' });
    for (const user of [{ name: 'admin' }, { auth_id: '500' }, { name: 'olga' }]) {
      const reply = await ask(keeper, 'POST', path, { user });
      expect([reply.statusCode, reply.json().error_class]).toEqual([403, 'privilege_error']);
    }
    expect(access.tokens.list()).toHaveLength(1);
    expect(audit.events[0]).toMatchObject({ operation: 'token_create', outcome: 'denied', user: 'admin' });
    const allowed = await ask(keeper, 'POST', path, { user: { name: 'admin' }, role: 'Keepers' });
    expect(allowed.json()).toMatchObject({ id: '2' }); // what was refused has left no number behind
  });

  test('what can not be recorded is not made, and not revoked', async () => {
    const admin = await make();
    refuse = () => {
      throw new AccessError('AUDIT_UNWRITABLE', 'disk full');
    };
    for (const reply of [
      await ask(admin, 'POST', path, { user: { name: 'olga' } }),
      await ask(admin, 'DELETE', `${path}1`),
    ]) {
      expect([reply.statusCode, reply.json().error_class]).toEqual([503, 'audit_unavailable_error']);
    }
    expect(access.tokens.list()).toMatchObject([{ id: '1', isEnabled: true }]);
  });
});

describe('the lists of tokens', () => {
  test('are what the contract says, page by page, and show no token', async () => {
    const tokens: string[] = [];
    for (let i = 0; i < 11; i++) tokens.push(await make());
    const seen: string[] = [];
    let next: string | null = `${path}?limit=4`;
    while (next !== null) {
      const reply = await ask(tokens[0]!, 'GET', next);
      const { entries, paging } = reply.json();
      expect([...Compile(schemas, Type.Array(Type.Ref('AccessToken'))).Errors(entries)]).toEqual([]);
      expect(reply.body).not.toContain('access-v1:');
      seen.push(...entries.map(({ id }: { id: string }) => id));
      next = paging.next;
    }
    expect(seen).toEqual(Array.from({ length: 11 }, (_, i) => `${i + 1}`));
    expect(Object.keys((await ask(tokens[0]!, 'GET', path)).json().entries[0])).toEqual([
      'id',
      'user',
      'creator',
      'creation_time',
      'expiration_time',
      'enabled',
    ]);
    for (const query of ['?limit=0', '?limit=x', '?after=x']) {
      expect((await ask(tokens[0]!, 'GET', path + query)).statusCode).toBe(400);
    }
  });
});

describe('DELETE /v1/auth/access-tokens/:id', () => {
  test('ends a token at once, once; the list says so', async () => {
    const [admin, other] = [await make(), await make()];
    expect((await ask(other, 'GET', '/v1/session/roles')).statusCode).toBe(200);
    expect((await ask(admin, 'DELETE', `${path}2`)).statusCode).toBe(200);
    expect((await ask(other, 'GET', '/v1/session/roles')).statusCode).toBe(401);
    for (const id of ['2', '3', 'x', '1e0', '01']) {
      const reply = await ask(admin, 'DELETE', path + id);
      expect([reply.statusCode, reply.json().error_class]).toEqual([404, 'token_not_found_error']);
    }
    expect((await ask(admin, 'GET', path)).json().entries).toMatchObject([{ enabled: true }, { enabled: false }]);
    expect(audit.events.filter(({ operation }) => operation === 'token_revoke')).toMatchObject([
      { target: '2', user: 'admin', outcome: 'begun' },
      { target: '2', user: 'admin', outcome: 'done' },
    ]);
  });
});

describe('a token with limits', () => {
  const limits = { shares: ['docs'], networks: null, instances: null };

  test('shows and closes what is within, and nothing else', async () => {
    const token = await make({ limits });
    const listed = (await ask(token, 'GET', '/v1/smb/sessions/')).json().session_infos;
    expect(listed.map(({ location }: { location: string }) => location)).toEqual([docsLocation]);
    expect((await ask(token, 'GET', '/smbwho/v1/sessions')).json().sessions).toHaveLength(1);
    expect((await ask(token, 'GET', `/smbwho/v1/sessions/${mediaLocation}`)).statusCode).toBe(404);
    const plan = await ask(token, 'POST', '/smbwho/v1/close-plan', { locations: [mediaLocation, docsLocation] });
    expect(plan.json().closes).toMatchObject([
      { session: null, not_closable: 'out_of_limits' },
      { not_closable: null },
    ]);
    const locations = [{ location: mediaLocation }, { location: docsLocation }];
    await ask(token, 'POST', '/v1/smb/sessions/close', locations);
    await ask(token, 'POST', '/smbwho/v1/close', { locations: [mediaLocation] });
    expect(closer.closed).toEqual([docsLocation]);
  });
});

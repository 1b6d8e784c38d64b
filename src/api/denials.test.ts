import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildTestApp, type MemoryAudit, memoryAudit, verifierOf } from '../../test/support/api.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { AccessError } from '../sessions/index.ts';
import type { AppOptions } from './app.ts';
import type { Api } from './services.ts';

const [near, far, proxy] = ['192.0.2.1', '192.0.2.2', '198.51.100.9'];
const alice = somePrincipal(['PRIVILEGE_SMB_SESSION_READ'], { name: 'alice', accountId: '3000000001', tokenId: null });
const verifier = verifierOf({ good: somePrincipal([]), weak: somePrincipal([], { name: 'weak', tokenId: '7' }) });

let audit: MemoryAudit;
let app: Api;
const build = async (changes: Partial<AppOptions> = {}) => {
  await app?.close();
  app = await buildTestApp({ audit, verifier, ...changes });
};
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  audit = memoryAudit();
  await build();
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
});

const show = (token: string, remoteAddress = near, headers: Record<string, string> = {}) =>
  app.inject({
    url: '/v1/session/who-am-i',
    remoteAddress,
    headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...headers },
  });
const times = async (count: number, call: () => Promise<{ readonly statusCode: number }>) => {
  const statuses: Record<number, number> = {};
  for (let i = 0; i < count; i++) {
    const { statusCode } = await call();
    statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
  }
  return statuses;
};

describe('tokens that are none', () => {
  test('60 a minute from an address, then it is told to wait; others are not, and a good one goes on', async () => {
    expect(await times(63, () => show('bad'))).toEqual({ 401: 60, 429: 3 });
    const refused = await show('bad');
    expect(refused.json()).toMatchObject({
      error_class: 'rate_limit_error',
      description: expect.stringMatching(/60 s/),
    });
    expect(refused.headers['retry-after']).toBe('60');
    expect((await show('good')).statusCode).toBe(200);
    expect((await show('bad', far)).statusCode).toBe(401);
    vi.setSystemTime(Date.now() + 60_001);
    expect((await show('bad')).statusCode).toBe(401);
  });

  test('a network of IPv6 is one address, and so is an IPv4 one in either form', async () => {
    await times(60, () => show('bad', '2001:db8:1:2::1'));
    expect((await show('bad', '2001:db8:1:2:ffff::5')).statusCode).toBe(429);
    expect((await show('bad', '2001:db8:1:3::1')).statusCode).toBe(401);
    await times(60, () => show('bad', `::ffff:${near}`));
    expect((await show('bad', near)).statusCode).toBe(429);
    expect((await show('bad', 'fe80::1%eth0')).statusCode).toBe(401);
  });

  test('none at all is not counted, and not recorded', async () => {
    expect(await times(70, () => show(''))).toEqual({ 401: 70 });
    expect(audit.events).toEqual([]);
  });

  test('are recorded, and that there are too many; the same again by its number; never the token', async () => {
    await times(70, () => show('bad-token'));
    expect(audit.events).toHaveLength(2);
    expect(audit.events[0]).toEqual({
      operation: 'rest_denied',
      actor: { name: '?', accountId: null, tokenId: null, from: near },
      target: 'GET /v1/session/who-am-i',
      user: null,
      reason: null,
      cost: null,
      outcome: 'denied',
      message: 'the token is not known here, or no longer',
      begunAs: null,
    });
    expect(audit.events[1]!.message).toMatch(/^too many/);
    await app.close();
    expect(audit.events.slice(2).map(({ message }) => message)).toEqual([
      'the token is not known here, or no longer; 59 times more',
      'too many tokens from this address that are none; 9 times more',
    ]);
    expect(JSON.stringify(audit.events)).not.toContain('bad-token');
  });

  test('what can not be recorded is denied all the same', async () => {
    audit = memoryAudit(() => {
      throw new AccessError('AUDIT_UNWRITABLE', 'disk full');
    });
    await build();
    expect((await show('bad')).statusCode).toBe(401);
    const denied = await app.inject({ url: '/v1/smb/sessions/', headers: { authorization: 'Bearer weak' } });
    expect(denied.statusCode).toBe(403);
  });
});

test('a token without the privilege is recorded with whose it is', async () => {
  await app.inject({
    url: '/v1/smb/sessions/?identity=x',
    headers: { authorization: 'Bearer weak' },
    remoteAddress: far,
  });
  expect(audit.events).toMatchObject([
    {
      operation: 'rest_denied',
      actor: { name: 'weak', accountId: '500', tokenId: '7', from: far },
      target: 'GET /v1/smb/sessions/',
      outcome: 'denied',
      message: 'PRIVILEGE_SMB_SESSION_READ is needed, which weak does not have',
    },
  ]);
});

describe('who is behind a proxy', () => {
  const through = (address: string, forwarded: string) => show('bad', address, { 'x-forwarded-for': forwarded });

  test('is believed of those that are named, and of nobody else', async () => {
    await build({ trustedProxies: ['198.51.100.0/24'] });
    await through(proxy, far);
    await through(near, far);
    await through(proxy, `${far}, 192.0.2.3`); // the proxy says .3, which says far
    await through(`::ffff:${proxy}`, '192.0.2.4');
    await through(proxy, 'nonsense');
    await through(proxy, '2001:db8::1');
    expect(audit.events.map(({ actor }) => actor.from)).toEqual([
      far,
      near,
      '192.0.2.3',
      '192.0.2.4',
      proxy,
      '2001:db8::1',
    ]);
  });

  test('is not heard of where no proxy is trusted', async () => {
    await through(proxy, far);
    expect(audit.events[0]!.actor.from).toBe(proxy);
  });

  test('is counted apart', async () => {
    await build({ trustedProxies: [proxy] });
    await times(60, () => through(proxy, near));
    expect((await through(proxy, near)).statusCode).toBe(429);
    expect((await through(proxy, far)).statusCode).toBe(401);
  });
});

describe('logins', () => {
  const accounts = { list: () => [{ ...alice, id: '3000000001', isEnabled: true, hasPassword: true, createdAt: 0 }] };
  const logIn = async (username: string, password: string) =>
    username === 'alice' && password === 'right' ? { token: 'session-v1:alice', principal: alice } : null;
  const logins = { logIn, logOut: async () => true };
  const login = (password: string, remoteAddress = near, username = 'alice') =>
    app.inject({ method: 'POST', url: '/v1/session/login', payload: { username, password }, remoteAddress });
  beforeEach(() => build({ accounts, logins, verifier: verifierOf({ 'session-v1:alice': alice }) }));

  test('give a token, and who it is of is recorded', async () => {
    const reply = await login('right');
    expect([reply.statusCode, reply.json()]).toEqual([200, { bearer_token: 'session-v1:alice' }]);
    expect(audit.events).toMatchObject([
      {
        operation: 'rest_login',
        actor: { name: 'alice', accountId: '3000000001', tokenId: null, from: near },
        user: 'alice',
        outcome: 'done',
      },
    ]);
    const whoAmI = await show('session-v1:alice');
    expect(whoAmI.json()).toEqual({
      id: '3000000001',
      name: 'alice',
      primary_group: '',
      sid: '',
      uid: '',
      home_directory: '',
      can_change_password: false,
      privileges: ['PRIVILEGE_SMB_SESSION_READ'],
    });
  });

  test('that fail: 401, 10 a minute from an address, and then not even the right password', async () => {
    expect((await login('wrong')).json()).toMatchObject({ error_class: 'bad_credentials_error' });
    expect(await times(11, () => login('wrong'))).toEqual({ 401: 9, 429: 2 });
    const refused = await login('right');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '60']);
    expect((await login('right', far)).statusCode).toBe(200);
    expect((await show('session-v1:alice')).statusCode).toBe(200);
    vi.setSystemTime(Date.now() + 60_001);
    expect((await login('right')).statusCode).toBe(200);
  });

  test('all at once: no more are tried than one after the other', async () => {
    let tried = 0;
    const counted = {
      ...logins,
      logIn: async () => {
        tried++;
        return null;
      },
    };
    await build({ accounts, logins: counted });
    await Promise.all(Array.from({ length: 30 }, () => login('wrong')));
    await times(10, () => login('wrong'));
    expect(tried).toBe(10);
  });

  test('of an address that has failed too often, or asks too much at once, take no place from others', async () => {
    await times(10, () => login('wrong'));
    const gate = Promise.withResolvers<null>();
    let isLong = false;
    await build({ accounts, logins: { ...logins, logIn: (...words) => (isLong ? gate.promise : logIn(...words)) } });
    await times(10, () => login('wrong'));
    isLong = true;
    const waiting = [1, 2, 3].map(() => login('wrong', far).then((reply) => reply));
    expect(await times(40, () => login('wrong'))).toEqual({ 429: 40 });
    expect((await login('wrong', far)).headers['retry-after']).toBe('1');
    const other = login('right', '192.0.2.3').then((reply) => reply);
    isLong = false;
    gate.resolve(null);
    await Promise.all(waiting);
    expect((await other).statusCode).toBe(200);
  });

  test('more than 33 at once are told to come again, wherever they are from', async () => {
    const gate = Promise.withResolvers<null>();
    await build({ accounts, logins: { ...logins, logIn: () => gate.promise } });
    const asked = Array.from({ length: 40 }, (_, i) => login('wrong', `203.0.113.${i}`).then((reply) => reply));
    const early = await Promise.all(asked.slice(33));
    expect(early.map(({ statusCode, headers }) => [statusCode, headers['retry-after']])).toEqual(
      Array(7).fill([429, '1']),
    );
    gate.resolve(null);
    expect((await Promise.all(asked.slice(0, 33))).every(({ statusCode }) => statusCode === 401)).toBe(true);
    expect((await login('wrong', far)).statusCode).toBe(401);
  });

  test('that fail are recorded, with the name only where it is an account', async () => {
    await login('wrong', near, 'ALICE');
    await login('x', near, 'hunter2');
    await times(12, () => login('wrong'));
    await app.close();
    expect(audit.events.map(({ message }) => message)).toEqual([
      'no account here has this name and this password',
      'no account here has this name and this password',
      'too many logins from this address have failed',
      'no account here has this name and this password; 8 times more',
      'too many logins from this address have failed; 3 times more',
    ]);
    expect(audit.events.slice(0, 2)).toMatchObject([
      { operation: 'rest_login', actor: { name: '?', from: near }, user: 'alice', outcome: 'denied' },
      { operation: 'rest_login', actor: { name: '?', from: near }, user: null, outcome: 'denied' },
    ]);
    expect(JSON.stringify(audit.events)).not.toMatch(/hunter2|wrong/);
  });

  test('that can not be recorded give no token; nor does a logout then end one', async () => {
    audit = memoryAudit(() => {
      throw new AccessError('AUDIT_UNWRITABLE', 'disk full');
    });
    const ended: string[] = [];
    const logOut = async (token: string) => ended.push(token) > 0;
    await build({ accounts, logins: { logIn, logOut }, verifier: verifierOf({ 'session-v1:alice': alice }) });
    const headers = { authorization: 'Bearer session-v1:alice' };
    for (const reply of [
      await login('right'),
      await app.inject({ method: 'POST', url: '/v1/session/logout', headers }),
    ]) {
      expect([reply.statusCode, reply.json().error_class]).toEqual([503, 'audit_unavailable_error']);
      expect(reply.body).not.toMatch(/disk full|alice/);
    }
    expect(ended).toEqual([]);
    expect((await login('wrong')).statusCode).toBe(401);
  });

  test.each([
    ['nothing', {}],
    ['no password', { username: 'alice' }],
    ['a number', { username: 'alice', password: 5 }],
    ['too much', { username: 'alice', password: 'x'.repeat(20_000) }],
  ])('%s is no login, and is not counted', async (_, payload) => {
    const reply = await app.inject({ method: 'POST', url: '/v1/session/login', payload });
    expect([400, 413]).toContain(reply.statusCode);
    expect(audit.events).toEqual([]);
  });
});

describe('the Host header on plain HTTP', () => {
  const statusOf = async (host: string) => (await app.inject({ url: '/v1/version', headers: { host } })).statusCode;

  test('may be a name that is allowed, in any case; an address only where the server is beyond loopback', async () => {
    await build({ hosts: { names: ['FS1.example'], anyAddress: false } });
    for (const host of ['fs1.example', 'FS1.EXAMPLE.:8000', 'localhost:1', '[::1]'])
      expect(await statusOf(host)).toBe(200);
    for (const host of ['fs1.example.evil', 'evil', '192.0.2.1', '[2001:db8::1]:1', 'a b', 'fs1.example:x']) {
      expect(await statusOf(host)).toBe(400);
    }
    await build({ hosts: { names: [], anyAddress: true } });
    for (const host of ['192.0.2.1:8000', '[2001:db8::1]']) expect(await statusOf(host)).toBe(200);
    expect(await statusOf('192.0.2.1.evil')).toBe(400);
  });
});

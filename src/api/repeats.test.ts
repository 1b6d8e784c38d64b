import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { buildTestApp, type MemoryAudit, memoryAudit, verifierOf } from '../../test/support/api.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { closerOf, someSession, sourceOf } from '../../test/support/sessions.ts';
import { AccessError, formatLocation } from '../sessions/index.ts';
import type { Api } from './services.ts';

const tenMinutesMs = 600_000;
const sessions = [someSession(1), someSession(2)];
const locations = sessions.map(({ location }) => formatLocation(location));
const verifier = verifierOf({
  weak: somePrincipal([], { name: 'weak', tokenId: '7' }),
  reader: somePrincipal(['PRIVILEGE_SMB_SESSION_READ'], { name: 'reader', tokenId: '8' }),
});

let isFull: boolean;
let audit: MemoryAudit;
let app: Api;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  isFull = false;
  audit = memoryAudit(() => {
    if (isFull) throw new AccessError('AUDIT_UNWRITABLE', 'disk full');
  });
  app = await buildTestApp({ audit, verifier, source: sourceOf(sessions), closer: closerOf(sessions) });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
});

const list = async (token: string, remoteAddress = '192.0.2.1') =>
  (await app.inject({ url: '/v1/smb/sessions/', headers: { authorization: `Bearer ${token}` }, remoteAddress }))
    .statusCode;
const plan = async (...named: string[]) =>
  (
    await app.inject({
      method: 'POST',
      url: '/smbwho/v1/close-plan',
      headers: { authorization: 'Bearer reader' },
      payload: { locations: named },
    })
  ).statusCode;
const messages = () => audit.events.map(({ message }) => message);

test('what is denied again and again has an entry at first, and one each ten minutes while it goes on', async () => {
  for (let i = 0; i < 500; i++) expect(await list('weak')).toBe(403);
  const needed = 'PRIVILEGE_SMB_SESSION_READ is needed, which weak does not have';
  expect(messages()).toEqual([needed]);
  await vi.advanceTimersByTimeAsync(tenMinutesMs);
  expect(messages()).toEqual([needed, `${needed}; 499 times more`]);
  await list('weak');
  await vi.advanceTimersByTimeAsync(tenMinutesMs);
  expect(messages().slice(2)).toEqual([`${needed}; 1 times more`]);
  await vi.advanceTimersByTimeAsync(3 * tenMinutesMs);
  expect(audit.events).toHaveLength(3);
  await list('weak');
  expect(messages().at(-1)).toBe(needed);
});

test('another address, token, or route is another entry', async () => {
  await list('weak');
  await list('weak', '192.0.2.2');
  await list('none');
  await list('none', '192.0.2.2');
  await app.inject({ url: '/smbwho/v1/sessions', headers: { authorization: 'Bearer weak' } });
  expect(audit.events).toHaveLength(5);
});

test('strangers of any number of addresses get no more than 201 entries; a bearer has entries beside them', async () => {
  for (let i = 0; i < 300; i++) await list('none', `2001:db8:${i.toString(16)}::1`);
  expect(audit.events).toHaveLength(201);
  await list('weak');
  expect(audit.events).toHaveLength(202);
  await app.close();
  expect(messages().at(-1)).toMatch(/; \d+ others, not of one kind$/);
});

test('the same plan is counted, another one recorded, one of nothing is neither', async () => {
  for (let i = 0; i < 5; i++) await plan(locations[0]!);
  await plan(...locations);
  await plan();
  expect(audit.events).toMatchObject([{ target: locations[0] }, { target: '2' }]);
  await app.close();
  expect(audit.events.slice(2)).toMatchObject([{ target: locations[0], outcome: 'done', message: '4 times more' }]);
});

test('a plan whose like could not be recorded is refused, too, until it can be', async () => {
  isFull = true;
  expect([await plan(...locations), await plan(...locations)]).toEqual([503, 503]);
  isFull = false;
  expect(await plan(...locations)).toBe(200);
  expect(audit.events).toHaveLength(1);
});

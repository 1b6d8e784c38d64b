import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestApp, verifierOf } from '../../test/support/api.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { privileges } from '../sessions/index.ts';
import type { Api } from './services.ts';

const verifier = verifierOf({ good: somePrincipal(privileges, { tokenId: null }) });
const json = { 'content-type': 'application/json', authorization: 'Bearer good' };
const listed = {
  id: '7',
  name: null,
  owner: { id: '500', name: 'admin' },
  creator: null,
  madeWith: null,
  role: null,
  limits: null,
  createdAt: 0,
  expiresAt: null,
  lastUsedAt: null,
  isEnabled: true,
};
let app: Api;
beforeAll(async () => {
  const notHere = () => {
    throw new Error('no token is made here');
  };
  const tokens = { list: () => [listed], preview: notHere, draft: notHere, revoke: async () => true };
  app = await buildTestApp({ verifier, tokens });
});
afterAll(() => app.close());

test.each([
  ['POST', '/v1/session/logout', 200],
  ['DELETE', '/v1/auth/access-tokens/7', 200],
  ['POST', '/v1/auth/access-tokens/', 400],
  ['POST', '/v1/identity/find', 400],
  ['POST', '/v1/session/login', 400],
  ['POST', '/smbwho/v1/close-plan', 400],
] as const)('%s %s that says JSON and sends nothing: %i', async (method, url, status) => {
  const reply = await app.inject({ method, url, headers: json });
  expect(reply.statusCode).toBe(status);
  if (status === 400) expect(reply.json().error_class).toBe('decode_error');
});

test.each([
  ['POST', '/v1/session/logout'],
  ['DELETE', '/v1/auth/access-tokens/7'],
  ['POST', '/v1/auth/access-tokens/'],
  ['POST', '/v1/identity/find'],
  ['POST', '/v1/session/login'],
] as const)('%s %s reads no more than 64 KiB', async (method, url) => {
  const reply = await app.inject({ method, url, headers: json, payload: '['.repeat(64 * 1024 + 1) });
  expect([reply.statusCode, reply.json().error_class]).toEqual([413, 'body_too_large_error']);
});

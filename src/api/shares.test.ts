import { expect, test } from 'vitest';
import { buildTestApp, verifierOf } from '../../test/support/api.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { shareSourceOf, someShare } from '../../test/support/shares.ts';
import type { Limits } from '../sessions/index.ts';

const docs = someShare('docs', { description: 'Papers', unsaid: ['valid users'] });
const homes = someShare('homes', { path: '%H', isPathVariable: true, instance: 2 });
const limits = (changes: Partial<Limits>): Limits => ({ shares: null, networks: null, instances: null, ...changes });

async function start(source = shareSourceOf([docs, homes])) {
  const reader = somePrincipal(['PRIVILEGE_SMB_SHARE_READ']);
  const app = await buildTestApp({
    shares: source,
    verifier: verifierOf({
      all: reader,
      docs: { ...reader, limits: limits({ shares: ['DOCS'] }) },
      second: { ...reader, limits: limits({ instances: [2] }) },
      near: { ...reader, limits: limits({ networks: ['192.0.2.0/24'] }) },
    }),
  });
  const get = async (url: string, token = 'all') => {
    const { statusCode, body } = await app.inject({ url, headers: { authorization: `Bearer ${token}` } });
    return { status: statusCode, body: JSON.parse(body) };
  };
  return { get, [Symbol.asyncDispose]: () => app.close() };
}

test.each(['/v3/smb/shares/', '/api/v3/smb/shares'])(
  '%s lists them with the nine keys of the contract',
  async (path) => {
    await using api = await start();
    const { status, body } = await api.get(path);
    expect([status, Object.keys(body), body.entries.length]).toEqual([200, ['entries'], 2]);
    expect(body.entries[0]).toEqual({
      id: docs.id,
      share_name: 'docs',
      tenant_id: 1,
      fs_path: '/srv/docs',
      description: 'Papers',
      require_encryption: false,
      permissions: [
        {
          type: 'ALLOWED',
          trustee: expect.objectContaining({ auth_id: '8589934592', name: 'Everyone' }),
          rights: ['READ'],
        },
      ],
      network_permissions: [{ type: 'ALLOWED', address_ranges: [], rights: ['READ', 'WRITE', 'CHANGE_PERMISSIONS'] }],
      access_based_enumeration_enabled: false,
    });
  },
);

test('one of them, by its id', async () => {
  await using api = await start();
  expect((await api.get(`/v3/smb/shares/${homes.id}`)).body).toMatchObject({ share_name: 'homes', tenant_id: 2 });
  expect(await api.get('/v3/smb/shares/5')).toMatchObject({
    status: 404,
    body: { error_class: 'share_not_found_error' },
  });
});

test("the richer list has what the permissions can't say, and how it was read", async () => {
  await using api = await start();
  expect((await api.get('/smbwho/v1/shares')).body).toMatchObject({
    parts: [{ verdict: 'complete' }],
    shares: [
      { share_name: 'docs', unsaid: ['valid users'], is_path_variable: false },
      { share_name: 'homes', is_path_variable: true },
    ],
  });
});

test.each([
  ['docs', ['docs']],
  ['second', ['homes']],
  ['near', ['docs', 'homes']],
])('a token with limits sees its own: %s', async (token, names) => {
  await using api = await start();
  const { body } = await api.get('/v3/smb/shares/', token);
  expect(body.entries.map(({ share_name }: { share_name: string }) => share_name)).toEqual(names);
});

test('a configuration that cannot be read is a 503', async () => {
  const problems = [{ code: 'SMB_CONF_UNREADABLE', message: 'no such file' }];
  await using api = await start(shareSourceOf([], { takenAt: null, verdict: 'partial', problems }));
  expect(await api.get('/v3/smb/shares/')).toMatchObject({
    status: 503,
    body: { error_class: 'samba_unavailable_error' },
  });
});

import { expect, test } from 'vitest';
import { type Share, shareId, toShareJson, wellKnownIdentity } from './index.ts';

test('an id is the same for a name in any case, and another one on another instance', () => {
  expect(shareId(1, 'Docs')).toBe('168704238611343');
  expect(shareId(1, 'DOCS')).toBe(shareId(1, 'docs'));
  expect(new Set([shareId(1, 'docs'), shareId(2, 'docs'), shareId(1, 'docs2')]).size).toBe(3);
  for (let i = 0; i < 1000; i++) expect(Number(shareId(i, `share ${i}`))).toBeLessThan(2 ** 48);
});

test('as JSON it has the words of the contract', () => {
  const share: Share = {
    instance: 2,
    id: '17',
    name: 'Docs',
    path: '/srv/%U',
    isPathVariable: true,
    description: 'All',
    requireEncryption: true,
    accessBasedEnumeration: false,
    permissions: [{ type: 'ALLOWED', trustee: wellKnownIdentity({ kind: 'sid', sid: 'S-1-1-0' })!, rights: ['READ'] }],
    networkPermissions: [{ type: 'DENIED', addressRanges: ['10.0.0.0/8'], rights: ['READ', 'WRITE'] }],
    unsaid: ['admin users'],
  };
  expect(toShareJson(share)).toEqual({
    id: '17',
    share_name: 'Docs',
    tenant_id: 2,
    fs_path: '/srv/%U',
    description: 'All',
    require_encryption: true,
    permissions: [
      {
        type: 'ALLOWED',
        trustee: { domain: 'WORLD', auth_id: '8589934592', uid: null, gid: null, sid: 'S-1-1-0', name: 'Everyone' },
        rights: ['READ'],
      },
    ],
    network_permissions: [{ type: 'DENIED', address_ranges: ['10.0.0.0/8'], rights: ['READ', 'WRITE'] }],
    access_based_enumeration_enabled: false,
    is_path_variable: true,
    unsaid: ['admin users'],
  });
});

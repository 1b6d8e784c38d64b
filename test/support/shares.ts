import { type Share, type ShareList, type ShareSource, shareId, wellKnownIdentity } from '../../src/sessions/index.ts';

/** A share that everybody may read, and what a test says otherwise. */
export function someShare(name: string, changes: Partial<Share> = {}): Share {
  const everyone = wellKnownIdentity({ kind: 'sid', sid: 'S-1-1-0' })!;
  return {
    instance: 1,
    id: shareId(1, name),
    name,
    path: `/srv/${name}`,
    isPathVariable: false,
    description: '',
    requireEncryption: false,
    accessBasedEnumeration: false,
    permissions: [{ type: 'ALLOWED', trustee: everyone, rights: ['READ'] }],
    networkPermissions: [{ type: 'ALLOWED', addressRanges: [], rights: ['READ', 'WRITE', 'CHANGE_PERMISSIONS'] }],
    unsaid: [],
    ...changes,
  };
}

/** A source of these shares, complete. */
export function shareSourceOf(shares: readonly Share[], changes: Partial<ShareList['parts'][0]> = {}): ShareSource {
  const part = {
    instance: 1,
    node: null,
    takenAt: 1_795_556_500_000_000,
    verdict: 'complete',
    problems: [],
    recording: null,
    ...changes,
  } as const;
  return { shares: async () => ({ parts: [part], shares }) };
}

import type { Principal, Privilege } from '../../src/sessions/index.ts';

/** Whoever may do this, by an access token without limits. */
export function somePrincipal(privileges: readonly Privilege[], changes: Partial<Principal> = {}): Principal {
  return { accountId: '500', name: 'admin', roles: [], privileges, tokenId: '1', limits: null, ...changes };
}

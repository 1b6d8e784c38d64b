import { type Limits, type Privilege, privileges, type Roles } from '../sessions/index.ts';

/** What a token with limits never gives: neither can be limited. */
const unlimitedOnly: ReadonlySet<Privilege> = new Set([
  'PRIVILEGE_ACCESS_TOKENS_READ',
  'PRIVILEGE_ACCESS_TOKENS_WRITE',
  'PRIVILEGE_METRICS_READ',
]);

/** What any of these roles gives, in the contract's order. One that is configured no longer gives nothing. */
export function privilegesOfRoles(names: readonly string[], roles: Roles): readonly Privilege[] {
  const given = new Set(names.flatMap((name) => (Object.hasOwn(roles, name) ? roles[name]! : [])));
  return privileges.filter((privilege) => given.has(privilege));
}

/** What a token gives: never more than its owner has now. Its creator is not looked at. */
export function privilegesOfToken(
  token: { readonly role: string | null; readonly limits: Limits | null },
  ownerRoles: readonly string[],
  roles: Roles,
): readonly Privilege[] {
  const ofRole = token.role === null ? privileges : privilegesOfRoles([token.role], roles);
  return privilegesOfRoles(ownerRoles, roles).filter(
    (privilege) => ofRole.includes(privilege) && !(token.limits !== null && unlimitedOnly.has(privilege)),
  );
}

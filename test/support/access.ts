import { type Access, openAccess } from '../../src/access/index.ts';
import { builtInRoles, type Roles, type TokenCreator, type TokenWish } from '../../src/sessions/index.ts';

/** A password that is long enough. */
export const goodPassword = 'correct horse battery';

/** Built-in roles, and one of a configuration. */
export const someRoles: Roles = {
  ...builtInRoles,
  Helpdesk: ['PRIVILEGE_SMB_SESSION_READ', 'PRIVILEGE_SMB_SESSION_WRITE'],
};

/** What a state folder knows, with these roles. */
export function someAccess(stateFolder: string, roles: Roles = someRoles): Access {
  return openAccess(stateFolder, roles);
}

/** The first token of the state folder, as `token create` gives it. */
export async function firstTokenOf({ firstToken }: Access): Promise<string> {
  return firstToken.read() ?? (await firstToken.draft()).keep();
}

/** A valid access token, of the administrator and with all rights where a test says nothing else. */
export async function makeToken(
  { tokens }: Access,
  changes: Partial<TokenWish> = {},
  creator: TokenCreator | null = null,
): Promise<{ id: string; token: string }> {
  const wish = { owner: '500', name: null, role: null, limits: null, expiresAt: null, ...changes };
  const draft = await tokens.draft(wish, creator);
  return { id: draft.id, token: await draft.keep() };
}

import type { TokenVerifier } from '../sessions/index.ts';
import { type AccountStore, type Logins, now, type Principal, type Roles, type TokenStore } from '../sessions/index.ts';
import { openAccessStore } from './access-store.ts';
import { Accounts } from './accounts.ts';
import { type FirstToken, forgetToken, TokenFile } from './first-token.ts';
import { PasswordLogins } from './logins.ts';
import { ensureSecret } from './secret.ts';
import { sessionPrefix } from './session-token.ts';
import { isValid, Tokens } from './tokens.ts';

/** Who may do what, as a state folder says. */
export interface Access extends Disposable {
  readonly verifier: TokenVerifier;
  readonly logins: Logins;
  readonly tokens: TokenStore;
  readonly accounts: AccountStore;
  readonly firstToken: FirstToken;
}

/**
 * Opens accounts and tokens of a state folder, which is made where it is not there, with `access.db` and `secret`. Several
 * processes may have it open: what one changes holds in the others at once.
 *
 * @param roles all that there are, built-in ones too; of one that an account or token has and that is not here, nothing
 * may be done
 * @throws AccessError STATE_UNUSABLE; so do all of its methods that write
 */
export function openAccess(stateFolder: string, roles: Roles): Access {
  const key = ensureSecret(stateFolder).deriveKey('session token');
  const database = openAccessStore(stateFolder);
  try {
    const accounts = new Accounts(database, roles);
    const tokens = new Tokens(database, accounts, roles, (hash) => forgetToken(stateFolder, hash));
    const logins = new PasswordLogins(database, accounts, roles, key);
    const firstToken = new TokenFile(stateFolder, database, tokens);
    const verify = async (token: string) =>
      token.startsWith(sessionPrefix) ? logins.verify(token) : verifyAccessToken(token, tokens, accounts);
    return { verifier: { verify }, logins, tokens, accounts, firstToken, [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}

function verifyAccessToken(token: string, tokens: Tokens, accounts: Accounts): Principal | null {
  const [found, at] = [tokens.find(token), now()];
  if (found === null || !isValid(found, at)) return null;
  const privileges = tokens.privilegesOf(found);
  if (privileges === null) return null;
  const owner = accounts.get(found.owner.id);
  tokens.use(found, at);
  return {
    accountId: owner.id,
    name: owner.name,
    roles: found.role === null ? owner.roles : [found.role],
    privileges,
    tokenId: found.id,
    limits: found.limits,
  };
}

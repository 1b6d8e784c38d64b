import { doRecorded, type Intent, openAccess, parseLimits } from '../access/index.ts';
import type { OpenState } from '../cli/index.ts';
import {
  type AccountStore,
  type Actor,
  type AuditLog,
  describeWish,
  type LocalAccount,
  type Roles,
  type TokenDraft,
  type TokenStore,
} from '../sessions/index.ts';
import { localLog } from './local-record.ts';

/** Who runs this program. Whose name that is, is none of smbwho's accounts. */
export function localActor(): Actor {
  const uid = process.getuid!();
  return { name: uid === 0 ? 'root' : `uid:${uid}`, accountId: null, tokenId: null, from: 'this machine' };
}

/**
 * Accounts and tokens of a state folder, for whoever may write into it. Nothing changes that is not recorded before.
 *
 * @throws AccessError STATE_UNUSABLE, AUDIT_UNWRITABLE
 */
export function openState(stateFolder: string, roles: Roles): OpenState {
  using stack = new DisposableStack();
  const access = stack.use(openAccess(stateFolder, roles));
  const log = stack.use(localLog(stateFolder));
  const opened = stack.move();
  return {
    tokens: recordTokens(access.tokens, log),
    accounts: recordAccounts(access.accounts, log),
    firstToken: async () => access.firstToken.read() ?? keepRecorded(await access.firstToken.draft(), null, log),
    [Symbol.dispose]: () => opened.dispose(),
  };
}

function recordTokens(tokens: TokenStore, log: AuditLog): TokenStore {
  return {
    list: () => tokens.list(),
    preview: (wish) => tokens.preview(wish),
    draft: async (wish, creator) => {
      const limits = wish.limits && parseLimits(wish.limits);
      const draft = await tokens.draft({ ...wish, limits }, creator);
      return { ...draft, keep: () => keepRecorded(draft, describeWish(wish), log) };
    },
    revoke: async (id) => {
      const token = tokens.list().find((each) => each.id === id && each.isEnabled);
      if (token === undefined) return false;
      const { owner, name } = token;
      return doRecorded(log, intentTo('token_revoke', id, owner.name, name), () => tokens.revoke(id));
    },
  };
}

/** Makes a drafted token valid, and records that somebody on this machine did. */
export function keepRecorded({ id, owner, keep }: TokenDraft, message: string | null, log: AuditLog): Promise<string> {
  return doRecorded(log, intentTo('token_create', id, owner.name, message), keep);
}

function intentTo(operation: Intent['operation'], target: string | null, user: string, message: string | null): Intent {
  return { operation, actor: localActor(), target, user, reason: null, cost: null, message };
}

function recordAccounts(accounts: AccountStore, log: AuditLog): AccountStore {
  return {
    list: () => accounts.list(),
    create: (wish) => {
      const { name, roles } = wish;
      return doRecorded(log, intentTo('account_create', null, name, roles.join(', ')), () => accounts.create(wish));
    },
    change: (name, changes) => {
      const meant = (each: LocalAccount) => each.id === name || each.name.toLowerCase() === name.toLowerCase();
      const account = accounts.list().find(meant);
      if (account === undefined) return accounts.change(name, changes); // it says so, and nothing has changed
      // Of a password only that it is another one.
      const told = Object.entries(changes).map(([key, value]) => (key === 'password' ? key : `${key}: ${value}`));
      const intent = intentTo('account_change', account.id, account.name, told.join('; '));
      return doRecorded(log, intent, () => accounts.change(name, changes));
    },
  };
}

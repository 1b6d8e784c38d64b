import { openAccess, parseLimits } from '../access/index.ts';
import type { OpenState } from '../cli/index.ts';
import {
  type AccountStore,
  type Actor,
  type AuditEvent,
  describeWish,
  type LocalAccount,
  type Roles,
  type TokenDraft,
  type TokenStore,
} from '../sessions/index.ts';
import { type LocalRecord, localRecord } from './local-record.ts';

/** Records what is about to be done; where that fails, that it has failed. */
type DoRecorded = <T>(event: Pick<AuditEvent, 'operation' | 'target' | 'user' | 'message'>, act: () => T) => T;

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
  const doRecorded = recordWith(stack.use(localRecord(stateFolder)));
  const opened = stack.move();
  return {
    tokens: recordTokens(access.tokens, doRecorded),
    accounts: recordAccounts(access.accounts, doRecorded),
    firstToken: () => {
      const { firstToken } = access;
      return firstToken.read() ?? recordDraft(firstToken.draft(), null, doRecorded).keep();
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
}

function recordWith(record: LocalRecord): DoRecorded {
  return (given, act) => {
    const actor = localActor();
    const event = { ...given, actor, reason: null, cost: null, outcome: 'done', begunAs: null };
    const [receipt] = record.append([event]);
    const failed = (error: unknown): never => {
      const failure = { ...event, outcome: 'failed', message: (error as Error).message, begunAs: receipt!.seq };
      try {
        record.append([failure]);
      } catch {
        // Why it failed is to be told, whether or not that can be recorded.
      }
      throw error;
    };
    try {
      const result = act();
      return result instanceof Promise ? (result.catch(failed) as typeof result) : result;
    } catch (error) {
      return failed(error);
    }
  };
}

function recordTokens(tokens: TokenStore, doRecorded: DoRecorded): TokenStore {
  return {
    list: () => tokens.list(),
    draft: (wish, creator) => {
      const limits = wish.limits && parseLimits(wish.limits);
      return recordDraft(tokens.draft({ ...wish, limits }, creator), describeWish(wish), doRecorded);
    },
    revoke: (id) => {
      const token = tokens.list().find((each) => each.id === id && each.isEnabled);
      if (token === undefined) return false;
      const event = { operation: 'token_revoke', target: id, user: token.owner.name, message: token.name } as const;
      return doRecorded(event, () => tokens.revoke(id));
    },
  };
}

function recordDraft(draft: TokenDraft, message: string | null, doRecorded: DoRecorded): TokenDraft {
  const { id, owner } = draft;
  const event = { operation: 'token_create', target: id, user: owner.name, message } as const;
  return { ...draft, keep: () => doRecorded(event, draft.keep) };
}

function recordAccounts(accounts: AccountStore, doRecorded: DoRecorded): AccountStore {
  return {
    list: () => accounts.list(),
    create: (wish) => {
      const { name, roles } = wish;
      const event = { operation: 'account_create', target: null, user: name, message: roles.join(', ') } as const;
      return doRecorded(event, () => accounts.create(wish));
    },
    change: (name, changes) => {
      const meant = (each: LocalAccount) => each.id === name || each.name.toLowerCase() === name.toLowerCase();
      const account = accounts.list().find(meant);
      if (account === undefined) return accounts.change(name, changes); // it says so, and nothing has changed
      // Of a password only that it is another one.
      const told = Object.entries(changes).map(([key, value]) => (key === 'password' ? key : `${key}: ${value}`));
      const message = told.join('; ');
      const event = { operation: 'account_change', target: account.id, user: account.name, message } as const;
      return doRecorded(event, () => accounts.change(name, changes));
    },
  };
}

import { type AccountPlaces, locateAccounts, type SambaInstance } from '../../samba/conf/index.ts';
import { isDomainReachable, WinbindClient, WinbindError } from '../../samba/winbind/index.ts';
import {
  formatIdentity,
  type Identity,
  type IdentityQuery,
  type Lookup,
  type UserDirectory,
} from '../../sessions/index.ts';
import { findInDirectory } from './directory-accounts.ts';
import { LocalAccounts } from './local-accounts.ts';
import { RecentAnswers } from './recent-answers.ts';

/** Nobody has a longer one, and nothing longer is kept. */
const longestName = 256;

export interface UserDirectoryOptions {
  /** The instance's number in locations. */
  readonly instance: number;
  /** @throws InstanceError */
  readonly locate: () => SambaInstance;
  /** All that one look-up may ask of winbindd takes no longer. Default: 1.5 s. */
  readonly winbindMs?: number;
  /** So long an answer stands, and what the server's files said. Default: 5 s. */
  readonly keptMs?: number;
}

/** What a server was when it was last looked at. */
interface Server {
  readonly instance: SambaInstance;
  readonly local: LocalAccounts;
  readonly winbind: WinbindClient;
  readonly socketPath: string;
  readonly untilMs: number;
}

/**
 * The accounts of the server that `locate` finds: its own from its files, those of its directory from winbindd. None can
 * be known while the server can't be located.
 */
export class LocalUserDirectory implements UserDirectory {
  private readonly options: Required<UserDirectoryOptions>;
  private readonly recent: RecentAnswers<Lookup>;
  private readonly reachable: RecentAnswers<boolean>;
  private server: Server | undefined;

  constructor(options: UserDirectoryOptions) {
    this.options = { winbindMs: 1500, keptMs: 5000, ...options };
    const { keptMs } = this.options;
    this.recent = new RecentAnswers({ keptMs, maxAnswers: 1000 });
    this.reachable = new RecentAnswers({ keptMs, maxAnswers: 1 });
  }

  async lookUp(query: IdentityQuery): Promise<Lookup> {
    if (query.kind === 'name' && query.name.length > longestName) return unknown;
    return this.recent.get(
      formatIdentity(query),
      () => this.look(query),
      (lookup) => lookup.verdict !== 'unavailable' && lookup !== unknownHere,
    );
  }

  private async look(query: IdentityQuery): Promise<Lookup> {
    let server: Server;
    try {
      server = this.locate();
    } catch {
      return unavailable;
    }
    const { local } = server;
    const isOfDirectory = query.kind === 'name' && query.realm === 'ad';
    const own = isOfDirectory ? [] : local.find(query);
    if (own.length > 0) return this.known(own);
    const asked = await this.askWinbind(query, server);
    // Of the server's own, winbindd knows groups besides, which are no session's user: that it does not answer is no matter.
    if (asked.verdict === 'unavailable' && isOwnName(query, local)) return unknownHere;
    const isLeftOpen = asked.verdict === 'unknown' && !isOfDirectory && !local.isComplete && canBeUnix(query);
    return isLeftOpen ? unavailable : asked;
  }

  private async askWinbind(query: IdentityQuery, { instance, local, winbind }: Server): Promise<Lookup> {
    const deadlineMs = performance.now() + this.options.winbindMs;
    try {
      const found = await findInDirectory(winbind, query, local, deadlineMs);
      if (found !== null) return this.known([found]);
      if (!instance.isDomainMember) return unknown;
      // It says so too while its domain controllers are away.
      const isSure = await this.reachable.get(
        '',
        () => isDomainReachable(winbind, deadlineMs),
        () => true,
      );
      return isSure ? unknown : unavailable;
    } catch (error) {
      if (!(error instanceof WinbindError)) throw error;
      // A server of its own needs no winbindd.
      return error.kind === 'absent' && !instance.isDomainMember ? unknown : unavailable;
    }
  }

  private known(identities: readonly Identity[]): Lookup {
    const { instance } = this.options;
    return { verdict: 'known', accounts: identities.map((identity) => ({ instance, identity })) };
  }

  /** @throws InstanceError, or the system's error where the configuration can't be read */
  private locate(): Server {
    if (this.server !== undefined && performance.now() < this.server.untilMs) return this.server;
    const instance = this.options.locate();
    const places = locateAccounts(instance);
    const local = new LocalAccounts(instance, places);
    const untilMs = performance.now() + this.options.keptMs;
    this.server = { instance, local, ...this.winbindOf(places), untilMs };
    return this.server;
  }

  /** The client that was there before where the socket still is: it knows whether winbindd hangs. */
  private winbindOf({ winbinddSocket }: AccountPlaces): Pick<Server, 'winbind' | 'socketPath'> {
    const isThere = this.server?.socketPath === winbinddSocket;
    const winbind = isThere ? this.server!.winbind : new WinbindClient({ socketPath: winbinddSocket });
    return { winbind, socketPath: winbinddSocket };
  }
}

const unknown: Lookup = { verdict: 'unknown', accounts: [] };
const unavailable: Lookup = { verdict: 'unavailable', accounts: [] };
/** As far as the server's own files tell. */
const unknownHere: Lookup = { verdict: 'unknown', accounts: [] };

/** `local:name`, `SERVER\name`, `Unix User\name`. */
function isOwnName(query: IdentityQuery, local: LocalAccounts): boolean {
  if (query.kind !== 'name' || query.realm === 'ad') return false;
  return query.realm === 'local' || (query.name.includes('\\') && local.ownName(query.name) !== null);
}

/** Whether an account that is in no file of the server could be in another of its name services. */
function canBeUnix(query: IdentityQuery): boolean {
  if (query.kind === 'name') return !/[\\@]/.test(query.name);
  return query.kind === 'uid' || query.kind === 'gid';
}

import type { AuthSessionInfo, ServerId, SessionGlobal } from '../../samba/records/index.ts';
import type { Instant, Location } from '../../sessions/index.ts';
import { parseChannelAddress } from '../addresses.ts';
import type { Rows } from '../join.ts';
import { LivenessCheck } from '../liveness.ts';
import type { SambaServer } from '../samba-server.ts';

/** What is found for a location. `gone`: nothing, another session, or one that is being torn down. */
export type Found = SessionGlobal | 'gone' | 'unreadable';

/** The session records of a server at one moment, listed or not. */
export class Sighting {
  private readonly rows: Rows['sessions'];
  private readonly liveness: LivenessCheck;
  private readonly watchedSince: Instant;
  private byClient: ReadonlyMap<string, readonly SessionGlobal[]> | undefined;

  constructor(server: SambaServer, watchedSince: Instant) {
    this.rows = server.readSessions();
    this.watchedSince = watchedSince;
    this.liveness = new LivenessCheck((serverId) => server.livesNow(serverId));
  }

  /** The record of a session that can be closed, whether or not it has authenticated. */
  find({ sessionGlobalId, creationTime }: Pick<Location, 'sessionGlobalId' | 'creationTime'>): Found {
    const entry = this.rows.get(sessionGlobalId);
    if (entry !== undefined && entry.value === undefined) return 'unreadable';
    const row = entry?.value;
    return row?.creationTime === creationTime && this.processOf(row) !== undefined ? row : 'gone';
  }

  /** Those that are served, authenticated or not, but for what `isKnown` says. */
  served(isKnown: (session: SessionGlobal) => boolean): SessionGlobal[] {
    return [...this.rows.values()]
      .map(({ value }) => value)
      .filter((row) => row !== undefined && !isKnown(row) && this.processOf(row) !== undefined) as SessionGlobal[];
  }

  /** Whether a session has ended: its record has gone, or its processes, who can't remove it any more. */
  hasEnded(session: SessionGlobal): boolean {
    const entry = this.rows.get(session.sessionGlobalId);
    if (entry === undefined || this.processOf(session) === undefined) return true;
    return entry.value !== undefined && entry.value.creationTime !== session.creationTime;
  }

  /** The process that serves it: that of its first channel whose process lives. */
  processOf({ channels }: SessionGlobal): ServerId | undefined {
    return channels.find(({ serverId }) => this.liveness.lives(serverId))?.serverId;
  }

  /** The first session opened since then by the same user, from the same address. */
  successorOf(session: SessionGlobal, since: Instant): SessionGlobal | undefined {
    this.byClient ??= this.groupByClient();
    const candidates = addressesOf(session).flatMap((address) => this.byClient!.get(address) ?? []);
    return candidates
      .filter((other) => other.createdAt! >= since && isSameUser(session.authSessionInfo, other.authSessionInfo))
      .sort((a, b) => a.createdAt! - b.createdAt!)[0];
  }

  /** Sessions that have come since the watch began, by their clients' addresses. */
  private groupByClient(): Map<string, SessionGlobal[]> {
    const groups = new Map<string, SessionGlobal[]>();
    for (const { value } of this.rows.values()) {
      if (value === undefined || (value.createdAt ?? 0) < this.watchedSince) continue;
      for (const address of this.processOf(value) === undefined ? [] : addressesOf(value)) {
        const group = groups.get(address);
        if (group === undefined) groups.set(address, [value]);
        else group.push(value);
      }
    }
    return groups;
  }
}

function addressesOf({ channels }: SessionGlobal): string[] {
  return [...new Set(channels.map(({ remoteAddress }) => parseChannelAddress(remoteAddress).address))];
}

function isSameUser(a: AuthSessionInfo | null, b: AuthSessionInfo | null): boolean {
  return a !== null && b !== null && a.userSid === b.userSid && a.accountName === b.accountName;
}

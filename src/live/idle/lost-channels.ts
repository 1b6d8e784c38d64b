import type { Instant, Session } from '../../sessions/index.ts';
import type { Usages } from './usages.ts';

interface Loss {
  readonly creationTime: bigint;
  readonly at: Instant;
}

/** Which sessions have lost a channel, and when that was noticed: over it they may have worked until then. */
export class LostChannels {
  private losses: ReadonlyMap<number, Loss> = new Map();

  /** When the last loss of this session was noticed; null for none. */
  of({ location }: Session): Instant | null {
    const loss = this.losses.get(location.sessionGlobalId);
    return loss?.creationTime === location.creationTime ? loss.at : null;
  }

  /** Takes in what came after the former list. */
  note(former: Usages, usages: Usages, at: Instant): void {
    if (former.sessions === usages.sessions) return;
    const before = new Map(former.sessions.map((session, i) => [session.location.sessionGlobalId, i]));
    const losses = new Map<number, Loss>();
    for (const [i, session] of usages.sessions.entries()) {
      const { sessionGlobalId, creationTime } = session.location;
      const was = before.get(sessionGlobalId);
      const isKnown = was !== undefined && former.sessions[was]!.location.creationTime === creationTime;
      const hasLost = isKnown && former.keys[was]!.some((key) => key !== null && !usages.keys[i]!.includes(key));
      const lostAt = hasLost ? at : this.of(session);
      if (lostAt !== null) losses.set(sessionGlobalId, { creationTime, at: lostAt });
    }
    this.losses = losses;
  }

  /** The clock was set by so much. */
  move(byMicros: number): void {
    this.losses = new Map(
      [...this.losses].map(([id, { creationTime, at }]) => [id, { creationTime, at: at + byMicros }]),
    );
  }
}

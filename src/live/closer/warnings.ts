import { type CloseWarning, elapsedMicros, type Instant, type Session } from '../../sessions/index.ts';

/** Who has done something within this time, in µs, is taken to go on. */
const latelyMicros = 10 * 60 * 1_000_000;

/** What is known of a session beyond the list. */
export interface Cost {
  readonly numNeighbours: number;
  readonly numDurable: number;
  /** Why its files can't be closed first; null where they can. */
  readonly whyNoFiles: string | null;
  readonly madeAt: Instant;
}

/** What ending a listed session may cost besides. */
export function warningsOf(session: Session, { numNeighbours, numDurable, whyNoFiles, madeAt }: Cost): CloseWarning[] {
  const warnings: CloseWarning[] = [];
  if (session.encryption !== 'none' && numNeighbours > 0) {
    warnings.push({
      code: 'CLOSE_DROPS_CONNECTION',
      message: `it is encrypted: when its client next sends something, smbd can't decrypt it and drops the connection, with ${count(numNeighbours, 'other session')} on it`,
    });
  }
  if (numDurable > 0) {
    warnings.push({
      code: 'CLOSE_LEAVES_DURABLE',
      message: `${count(numDurable, 'durable handle')} of it stay and can be reclaimed, unless its files are closed first`,
    });
  }
  if (whyNoFiles !== null && session.numOpens > 0) {
    warnings.push({ code: 'CLOSE_FILES_UNKNOWN', message: `its files can't be closed first: ${whyNoFiles}` });
  }
  const back = whyBack(session, madeAt);
  if (back !== null) {
    warnings.push({ code: 'CLOSE_LIKELY_BACK', message: `its client ${back}: it will log in again by itself` });
  }
  return warnings;
}

/** Clients log in again as soon as they need something: those that work, and those that have files open. */
function whyBack({ numOpens, lastActiveAt }: Session, madeAt: Instant): string | null {
  if (numOpens > 0) return 'has files open';
  const isActive = lastActiveAt !== null && elapsedMicros(lastActiveAt, madeAt) <= latelyMicros;
  return isActive ? 'has been active in the last 10 minutes' : null;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

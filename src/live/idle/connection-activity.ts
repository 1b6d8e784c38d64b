import type { Instant } from '../../sessions/index.ts';

/** What the kernel counted of a connection at one moment. */
export interface Counters {
  readonly takenAt: Instant;
  /** Names the socket; another one on the same addresses and ports has another. */
  readonly cookie: number;
  /** When the last data came from the client: not later than this. */
  readonly receivedAt: Instant;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly segmentsReceived: number;
}

/** What the records say of a connection, read just before its counters were. */
export interface Usage {
  /** The one session that it carries, or null where there are several. */
  readonly owner: string | null;
  /** When the first of its channels was opened; null where it is not known. */
  readonly openedAt: Instant | null;
  /** All that its sessions send is encrypted, and so may be their signs of life. */
  readonly isEncrypted: boolean;
  /** Its signs of life are as long as other requests: all that comes is work. */
  readonly isSmb1: boolean;
  readonly numTreeConnects: number;
}

/**
 * Bytes of an ECHO, and of its answer: plain, and encrypted. No other request of SMB2 is so short but LOGOFF,
 * TREE_DISCONNECT and CANCEL, so that as many segments of so many bytes, answered by as many, are nothing else.
 */
const plainEchoBytes = 72;
const encryptedEchoBytes = 124;

/** What is seen after a longer time than this is not known to the second any more: one pace, and half of it. */
const longestGapMicros = 15_000_000;

/** When a client last did something. */
export interface Work {
  /** Not earlier than that. */
  readonly at: Instant;
  /** Whether it is not later either, by more than the time between two looks. */
  readonly isExact: boolean;
}

/**
 * When the client of one connection last did something, by what came of it between two looks at the kernel's counters.
 * Signs of life are nothing: clients send them by themselves, `smbclient` every 5 s.
 */
export class ConnectionActivity {
  readonly cookie: number;
  private seen: Counters;
  private usage: Usage;
  private settled: Work;
  private latest: Work;

  /** @param formerLookAt when all connections were last looked at, this one not being there yet; null for never */
  constructor(seen: Counters, usage: Usage, formerLookAt: Instant | null) {
    this.cookie = seen.cookie;
    this.seen = seen;
    this.usage = usage;
    // What was before the first look may have been a sign of life, unless the connection was made since the look before.
    const isNew = formerLookAt !== null && usage.openedAt !== null && usage.openedAt >= formerLookAt;
    const isExact = isNew && usage.owner !== null && seen.takenAt - formerLookAt <= longestGapMicros;
    this.settled = { at: seen.receivedAt, isExact };
    this.latest = this.settled;
  }

  get work(): Work {
    return this.latest;
  }

  /** Takes in another look; the records must have been read between the look before and this one. */
  look(seen: Counters, usage: Usage): void {
    const came = judge(this.seen, seen, usage);
    if (came === 'half a sign of life') {
      this.latest = { at: seen.receivedAt, isExact: false };
      return; // its answer is on the way; what it was is seen from the same start next time
    }
    // A TREE_DISCONNECT looks like a sign of life, but the records tell it.
    if (came === 'work' || usage.numTreeConnects < this.usage.numTreeConnects) {
      const isOwn = usage.owner !== null && usage.owner === this.usage.owner;
      const isWatched = seen.takenAt - this.seen.takenAt <= longestGapMicros;
      this.settled = { at: seen.receivedAt, isExact: isOwn && isWatched };
    }
    this.latest = this.settled;
    this.seen = seen;
    this.usage = usage;
  }
}

/** What a client sent between two looks, by the counts of bytes and segments. */
export function judge(
  before: Counters,
  after: Counters,
  { isEncrypted, isSmb1 }: Pick<Usage, 'isEncrypted' | 'isSmb1'>,
): 'nothing' | 'signs of life' | 'half a sign of life' | 'work' {
  const received = after.bytesReceived - before.bytesReceived;
  if (received === 0) return 'nothing';
  if (isSmb1) return 'work';
  const sent = after.bytesSent - before.bytesSent;
  const segments = after.segmentsReceived - before.segmentsReceived;
  for (const echoBytes of isEncrypted ? [plainEchoBytes, encryptedEchoBytes] : [plainEchoBytes]) {
    if (received !== segments * echoBytes) continue;
    // One more answer: the one before was still on its way.
    if (sent === received || sent === received + echoBytes) return 'signs of life';
    if (sent < received && sent % echoBytes === 0) return 'half a sign of life';
  }
  return 'work';
}

import { encodeSessionClose } from '../../samba/messages/index.ts';
import type { SessionGlobal } from '../../samba/records/index.ts';
import type { CloseOptions, CloseOutcome, CloseResult, Instant, Location, Problem } from '../../sessions/index.ts';
import type { SambaServer } from '../samba-server.ts';
import type { ClosableServer } from './closable-server.ts';
import { type FilesClosed, type FilesFirst, openFilesFirst } from './files-first.ts';
import { PostOffice } from './post-office.ts';
import { RecordWatch } from './record-watch.ts';
import { RestingProcesses } from './resting-processes.ts';
import { Sighting } from './sighting.ts';
import { unsentResults } from './unsent.ts';

/** So long is looked whether a session has ended. */
const endMs = 2000;

/** What a close has come to, and what is needed to see the user come back. */
export interface Ended {
  readonly outcome: CloseOutcome;
  readonly session: SessionGlobal | null;
  readonly sentAt: Instant;
}

interface Means {
  readonly server: SambaServer;
  readonly office: PostOffice;
  readonly files: FilesFirst;
}

/** Ends sessions of one server, for one call. */
export class ServerCloser {
  private readonly server: ClosableServer;
  private readonly watch: RecordWatch<Sighting>;
  private readonly signal: AbortSignal;
  private means: Means | undefined;

  /** @param signal once it is aborted, nothing more is sent */
  constructor(server: ClosableServer, signal: AbortSignal) {
    this.server = server;
    this.signal = signal;
    const since = wallClock();
    this.watch = new RecordWatch(server.source, (read) => new Sighting(read, since), signal);
  }

  /** Looks the session up afresh, by its id and the time at which it was made, and ends it. */
  async close(location: Location, { filesFirst }: CloseOptions): Promise<Ended> {
    if (this.signal.aborted) return nothingSent(location, 'failed', 'given up before anything was sent');
    const { sighting, problem } = await this.watch.look();
    if (problem !== null) return nothingSent(location, 'failed', problem.message);
    const found = sighting.find(location);
    if (found === 'gone') return nothingSent(location, 'gone', 'it had already ended');
    if (found === 'unreadable') return nothingSent(location, 'failed', 'its record could not be read');
    const files = filesFirst ? await this.closeFiles(found) : null;
    if (files !== null && files.result !== null) {
      const result = files.result === 'gone' && !(await this.hasGone(location)) ? 'failed' : files.result;
      return nothingSent(location, result, `not closed: ${files.reason}`, files.closed);
    }
    return this.send(location, found, sighting, files?.closed ?? 0);
  }

  /** Looks out for the user coming back. */
  async lookOut({ outcome, session, sentAt }: Ended, watchMs: number): Promise<CloseOutcome> {
    if (session === null || outcome.result !== 'closed' || watchMs <= 0) return outcome;
    const back = await this.watch.until((sighting) => sighting.successorOf(session, sentAt), watchMs);
    if (back === undefined || !('sessionGlobalId' in back)) return outcome;
    const { instance } = outcome.location;
    const { sessionGlobalId, creationTime, createdAt } = back;
    return { ...outcome, cameBackAs: { instance, sessionGlobalId, creationTime }, cameBackAt: createdAt };
  }

  private async closeFiles(session: SessionGlobal): Promise<FilesClosed> {
    const { lastRead } = this.server.source;
    if (lastRead === null)
      return { closed: 0, left: 0, reason: 'its server can not be read any more', result: 'failed' };
    return this.meansFor(lastRead).files.closeFilesOf(session, this.signal);
  }

  /** Whether the session is there no more, as its server's records say now. */
  private async hasGone(location: Location): Promise<boolean> {
    const { sighting, problem } = await this.watch.look();
    return problem === null ? sighting.find(location) === 'gone' : problem.code === 'SAMBA_ABSENT';
  }

  private async send(
    location: Location,
    session: SessionGlobal,
    sighting: Sighting,
    filesClosed: number,
  ): Promise<Ended> {
    const { lastRead } = this.server.source;
    const process = sighting.processOf(session)!;
    if (lastRead === null) return nothingSent(location, 'failed', 'its server can not be read any more', filesClosed);
    const sentAt = wallClock();
    const { verdict, reason } = await this.meansFor(lastRead).office.post(
      process,
      encodeSessionClose(session, process),
    );
    if (verdict !== 'sent') return nothingSent(location, unsentResults[verdict], reason, filesClosed);
    const sentMs = performance.now();
    const ended = await this.watch.until((later) => (later.hasEnded(session) ? performance.now() : undefined), endMs);
    const outcome = { ...nothingOf(location), ...describeEnd(ended, sentMs), filesClosed };
    return { outcome, session, sentAt };
  }

  /** Anew where the server has been located anew. */
  private meansFor(server: SambaServer): Means {
    if (this.means?.server === server) return this.means;
    const office = new PostOffice(server, this.signal);
    const resting = new RestingProcesses(server.instance.sharesPidNamespace, this.signal);
    const files = openFilesFirst(server, (to, message) => office.post(to, message), resting);
    this.means = { server, office, files };
    return this.means;
  }
}

/** @param ended when it had, by the clock of `performance` */
function describeEnd(
  ended: number | Problem | undefined,
  sentMs: number,
): Pick<CloseOutcome, 'result' | 'message' | 'tookMs'> {
  if (typeof ended === 'number') return { result: 'closed', message: '', tookMs: ended - sentMs };
  if (ended?.code === 'SAMBA_ABSENT') return { result: 'closed', message: '', tookMs: null };
  const reason = ended === undefined ? '' : `, as far as can be told: ${ended.message}`;
  return { result: 'closing', message: `accepted, still closing${reason}`, tookMs: null };
}

function nothingSent(location: Location, result: CloseResult, message: string, filesClosed = 0): Ended {
  return { outcome: { ...nothingOf(location), result, message, filesClosed }, session: null, sentAt: 0 };
}

/** The outcome where nothing was sent and nothing is known. */
export function nothingOf(location: Location): Omit<CloseOutcome, 'result' | 'message'> {
  return { location, tookMs: null, filesClosed: 0, cameBackAs: null, cameBackAt: null };
}

/** By the clock that smbd tells times by; `now` may have drifted from it. */
function wallClock(): Instant {
  return Date.now() * 1000;
}

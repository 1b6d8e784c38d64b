import { encodeFileClose } from '../../samba/messages/index.ts';
import type { FileCloseOutcome, FileLocation, Problem } from '../../sessions/index.ts';
import type { SessionFile } from '../files/file-owners.ts';
import type { SambaServer } from '../samba-server.ts';
import type { ClosableServer } from './closable-server.ts';
import { closeFormOf } from './close-form.ts';
import { fileNotClosed, fileOutcome } from './file-outcome.ts';
import { FileSighting } from './file-sighting.ts';
import { PostOffice } from './post-office.ts';
import { RecordWatch } from './record-watch.ts';
import { RestingProcesses } from './resting-processes.ts';
import { unsentResults } from './unsent.ts';

/** So long is looked whether it has gone. */
const endMs = 2000;

interface Means {
  readonly server: SambaServer;
  readonly office: PostOffice;
  readonly resting: RestingProcesses;
}

/** An open, and the server on which it was found. */
interface Found {
  readonly file: SessionFile;
  readonly server: SambaServer;
}

/** So long a turn is waited for at most: they are told one after the other, each in a pause. */
const turnMs = 45_000;

/** Closes files of one server, for one call. */
export class ServerFileCloser {
  private readonly watch: RecordWatch<FileSighting>;
  private readonly signal: AbortSignal;
  private means: Means | undefined;

  /** @param signal once it is aborted, nothing more is sent */
  constructor(source: ClosableServer['source'], signal: AbortSignal) {
    this.signal = signal;
    this.watch = new RecordWatch(source, (server) => new FileSighting(server), signal);
  }

  /** Looks it up afresh by all that its location says, waits until its process pauses, looks once more, and sends. */
  async close(location: FileLocation): Promise<FileCloseOutcome> {
    let found = await this.find(location);
    for (const startMs = performance.now(); performance.now() - startMs < turnMs; ) {
      if ('result' in found) return found;
      const { resting } = this.meansOf(found.server);
      const why = await resting.whyNot(found.file.entry.serverId);
      if (why !== null) return fileOutcome(location, 'refused', why);
      found = await this.find(location);
      // Every message wakes it, and so may its client have done: whoever comes next waits for the next pause.
      if (!('result' in found) && resting.restsNow(found.file.entry.serverId)) return this.send(location, found);
    }
    return 'result' in found ? found : fileOutcome(location, 'refused', `it has not paused for ${turnMs / 1000} s`);
  }

  /** What is to be closed, or what comes of it where nothing is. */
  private async find(location: FileLocation): Promise<Found | FileCloseOutcome> {
    if (this.signal.aborted) return fileOutcome(location, 'failed', 'given up before anything was sent');
    const { sighting, problem } = await this.watch.look();
    if (problem !== null) return fileOutcome(location, 'failed', problem.message);
    const file = sighting.find(location);
    return typeof file === 'string' ? fileNotClosed(location, file) : { file, server: sighting.server };
  }

  private async send(location: FileLocation, { file, server }: Found): Promise<FileCloseOutcome> {
    const { serverId } = file.entry;
    const message = encodeFileClose(file.fileId, file.entry, closeFormOf(server).form, serverId);
    const { verdict, reason } = await this.meansOf(server).office.post(serverId, message);
    if (verdict !== 'sent') return fileOutcome(location, unsentResults[verdict], reason);
    const sentMs = performance.now();
    const ended = await this.watch.until((later) => (later.hasEnded(location) ? performance.now() : undefined), endMs);
    if (typeof ended !== 'number') return fileOutcome(location, 'closing', stillThere(ended));
    // With it all else that the process had open has ended.
    if (!server.livesNow(serverId))
      return fileOutcome(location, 'gone', `smbd ${serverId.pid}, which had it open, has ended`);
    return { location, result: 'closed', message: '', tookMs: ended - sentMs };
  }

  /** Anew where the server has been located anew. */
  private meansOf(server: SambaServer): Means {
    if (this.means?.server === server) return this.means;
    const office = new PostOffice(server, this.signal);
    const resting = new RestingProcesses(server.instance.sharesPidNamespace, this.signal);
    this.means = { server, office, resting };
    return this.means;
  }
}

function stillThere(problem: Problem | undefined): string {
  return problem === undefined
    ? 'accepted, still closing'
    : `accepted, still closing, as far as can be told: ${problem.message}`;
}

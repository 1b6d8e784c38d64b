import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFileClose } from '../../samba/messages/index.ts';
import type { ServerId, SessionGlobal } from '../../samba/records/index.ts';
import type { CloseResult } from '../../sessions/index.ts';
import { ServerProblem } from '../database.ts';
import { FileOwners, type SessionFile, type SessionFiles } from '../files/file-owners.ts';
import type { SambaServer } from '../samba-server.ts';
import { closeFormOf } from './close-form.ts';
import { waitedIn } from './file-outcome.ts';
import { isWaitedIn } from './file-sighting.ts';
import type { Posting } from './post-office.ts';
import type { RestingProcesses } from './resting-processes.ts';
import { unsentResults } from './unsent.ts';

/** What became of a session's files. */
export interface FilesClosed {
  readonly closed: number;
  /** Files that are still open. */
  readonly left: number;
  /** Why nothing, or not all, was closed; null where nothing is left. */
  readonly reason: string | null;
  /** What the close of the session comes to then; null where nothing is left, and it can be closed. */
  readonly result: CloseResult | null;
}

/** Closes the files of a session before the session itself. */
export interface FilesFirst {
  /** What the session has open, that for writing first; null where the records can't tell. */
  filesOf(session: SessionGlobal): readonly SessionFile[] | null;
  /** Why its files can't be closed first; null where, as far as is known, they can. */
  whyNot(session: SessionGlobal): string | null;
  /** Never takes more than 3 s. Nothing is sent once the signal is aborted. */
  closeFilesOf(session: SessionGlobal, signal: AbortSignal): Promise<FilesClosed>;
}

/** Posts a message to an smbd process that lives. */
export type Post = (to: ServerId, message: Buffer) => Promise<Posting>;

/** For the server as it is now; asked for anew for each plan and each close. */
export function openFilesFirst(
  server: SambaServer,
  post: Post,
  resting: Pick<RestingProcesses, 'whyNot' | 'restsNow'>,
): FilesFirst {
  return new ShareModeCloser(server, post, resting);
}

/** So long an smbd is given to close what it was told to. */
const limitMs = 1000;
const pauseMs = 3;

class ShareModeCloser implements FilesFirst {
  private readonly server: SambaServer;
  private readonly post: Post;
  private readonly resting: Pick<RestingProcesses, 'whyNot' | 'restsNow'>;
  /** The first look, for what is asked before anything is sent. */
  private first: FileOwners | string | undefined;
  private coming: Promise<FileOwners | string> | undefined;

  constructor(server: SambaServer, post: Post, resting: Pick<RestingProcesses, 'whyNot' | 'restsNow'>) {
    this.server = server;
    this.post = post;
    this.resting = resting;
  }

  filesOf(session: SessionGlobal): readonly SessionFile[] | null {
    this.first ??= this.look();
    return filesOf(this.first, session).files;
  }

  whyNot(session: SessionGlobal): string | null {
    this.first ??= this.look();
    return filesOf(this.first, session).reason;
  }

  /** Tells smbd of each file once, and looks until none is there: those that were opened meanwhile count too. */
  async closeFilesOf(session: SessionGlobal, signal: AbortSignal): Promise<FilesClosed> {
    const told = new Set<string>();
    let endMs: number | undefined;
    let hasPaused = false;
    let closed = 0;
    let left = 0;
    // smbd closes what it was told to as soon as it can, also when we have gone.
    const stop = (result: CloseResult, why: string): FilesClosed => {
      const pending = result === 'gone' ? 0 : told.size - closed;
      const note = pending === 0 ? '' : `; ${countFiles(pending)} told to close, which may yet close`;
      return { closed, left, reason: why + note, result };
    };
    for (;;) {
      const look = await this.lookSoon();
      const { files, reason } = filesOf(look, session);
      if (files === null) return stop(typeof look === 'string' ? 'failed' : 'refused', reason);
      left = files.length;
      if (left === 0) return { closed: told.size, left, reason: null, result: null };
      closed = told.size - files.filter((file) => told.has(nameOf(file))).length;
      if (performance.now() >= (endMs ?? Infinity)) {
        return { closed, left, ...this.whyLeft(files, told.size - closed, closed) };
      }
      if (signal.aborted) return stop('failed', 'it was given up');
      // What smbd has open for itself beneath a stream has no record, and goes with that one.
      const untold = files.filter((file) => !told.has(nameOf(file)) && hasRecord(look, file));
      if (untold.length > 0 && !hasPaused) {
        const why = await this.resting.whyNot(untold[0]!.entry.serverId);
        if (why !== null) return stop('refused', why);
        hasPaused = true;
        continue; // look again, at what is there now
      }
      hasPaused = false;
      endMs ??= performance.now() + limitMs;
      if (untold.some(isWaitedIn)) return stop('refused', waitedIn);
      for (const file of untold) {
        const { serverId } = file.entry;
        // Each message wakes it: the next has to wait for the next pause.
        if (!this.resting.restsNow(serverId)) break;
        const message = encodeFileClose(file.fileId, file.entry, closeFormOf(this.server).form, serverId);
        const { verdict, reason } = await this.post(serverId, message);
        if (verdict !== 'sent') return stop(unsentResults[verdict], reason);
        told.add(nameOf(file));
        endMs = performance.now() + limitMs;
      }
    }
  }

  /**
   * Why files are left after all the time, `pending` of which smbd was told to close. Where the form of the message is not
   * sure, a file that was closed has shown that it is right.
   */
  private whyLeft(
    files: readonly SessionFile[],
    pending: number,
    closed: number,
  ): Pick<FilesClosed, 'result' | 'reason'> {
    if (!files.some(({ entry }) => this.server.livesNow(entry.serverId))) {
      return { result: 'gone', reason: `smbd ${files[0]!.entry.serverId.pid}, which served it, has ended` };
    }
    if (pending === 0) {
      return { result: 'failed', reason: `${countFiles(files.length)} still open after ${limitMs / 1000} s` };
    }
    const left = `${countFiles(pending)} told to close, still open after ${limitMs / 1000} s`;
    return closed === 0 && !closeFormOf(this.server).isSure
      ? {
          result: 'refused',
          reason: `${left}: files can't be closed first on Samba 4.21 and 4.22, which this may be; on others they may yet close`,
        }
      : { result: 'unresponsive', reason: `${left}; they may yet close` };
  }

  /** A look at what is open after this was asked; one for all who ask. */
  private lookSoon(): Promise<FileOwners | string> {
    this.coming ??= sleep(pauseMs).then(() => {
      this.coming = undefined;
      return this.look();
    });
    return this.coming;
  }

  /** Share modes first: the session of each entry that is seen is in the records then, or has ended. */
  private look(): FileOwners | string {
    try {
      const { shareModes } = this.server.files;
      const { records } = shareModes.refresh();
      const [unreadFile] = shareModes.problems();
      if (unreadFile !== undefined) return unreadFile.message;
      const rows = this.server.readRows();
      // A session or an open that is not seen could be whose a file is.
      const [unread] = this.server.problems();
      return unread === undefined ? new FileOwners(records, rows, this.server.instance.forcedShares) : unread.message;
    } catch (error) {
      if (error instanceof ServerProblem) return error.problem.message;
      throw error;
    }
  }
}

/** @param look or why there was none */
function filesOf(look: FileOwners | string, session: SessionGlobal): SessionFiles {
  if (typeof look !== 'string') return look.filesOf(session);
  return { files: null, reason: `what it has open can't be read: ${look}` };
}

function hasRecord(look: FileOwners | string, { entry }: SessionFile): boolean {
  return typeof look !== 'string' && look.ownerOf(entry).open !== null;
}

function nameOf({ fileId, entry }: SessionFile): string {
  return `${fileId} ${entry.serverId.pid} ${entry.shareFileId}`;
}

function countFiles(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFileClose, type FileCloseForm } from '../../samba/messages/index.ts';
import { type ServerId, type SessionGlobal, ShareModeDecoder, type ShareModeEntry } from '../../samba/records/index.ts';
import { TdbTable } from '../../samba/tdb/index.ts';
import type { CloseResult } from '../../sessions/index.ts';
import { toProblem } from '../problems.ts';
import { type SambaServer, ServerProblem } from '../samba-server.ts';
import type { Posting } from './post-office.ts';
import { FileOwners, isForWriting, type SessionFile, type SessionFiles } from './session-files.ts';
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
export interface FileCloser {
  /** Files that the session has open for writing; null where the records can't tell. */
  numOpensForWriting(session: SessionGlobal): number | null;
  /** Why its files can't be closed first; null where, as far as is known, they can. */
  whyNot(session: SessionGlobal): string | null;
  /** Never takes more than 2 s. Nothing is sent once the signal is aborted. */
  closeFilesOf(session: SessionGlobal, signal: AbortSignal): Promise<FilesClosed>;
}

/** Posts a message to an smbd process that lives. */
export type Post = (to: ServerId, message: Buffer) => Promise<Posting>;

/** For the server as it is now; asked for anew for each plan and each close. */
export function openFileCloser(server: SambaServer, post: Post): FileCloser {
  return new ShareModeCloser(server, post);
}

/** So long an smbd is given to close what it was told to. */
const limitMs = 1000;
const pauseMs = 3;

class ShareModeCloser implements FileCloser {
  private readonly server: SambaServer;
  private readonly post: Post;
  private readonly path: string;
  private readonly decoder = new ShareModeDecoder();
  private readonly table: TdbTable<string, readonly ShareModeEntry[]>;
  /** The first look, for what is asked before anything is sent. */
  private first: FileOwners | string | undefined;
  private coming: Promise<FileOwners | string> | undefined;

  constructor(server: SambaServer, post: Post) {
    this.server = server;
    this.post = post;
    this.path = join(server.instance.lockDirectory, 'locking.tdb');
    this.table = new TdbTable(this.path, this.decoder);
  }

  numOpensForWriting(session: SessionGlobal): number | null {
    this.first ??= this.look();
    return filesOf(this.first, session).files?.filter(isForWriting).length ?? null;
  }

  whyNot(session: SessionGlobal): string | null {
    this.first ??= this.look();
    return filesOf(this.first, session).reason;
  }

  /** Tells smbd of each file once, and looks until none is there: those that were opened meanwhile count too. */
  async closeFilesOf(session: SessionGlobal, signal: AbortSignal): Promise<FilesClosed> {
    const told = new Set<string>();
    const endMs = performance.now() + limitMs;
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
      if (performance.now() >= endMs) return { closed, left, ...this.whyLeft(files, told.size - closed, closed) };
      if (signal.aborted) return stop('failed', 'it was given up');
      for (const file of files) {
        if (told.has(nameOf(file))) continue;
        const { serverId } = file.entry;
        const { verdict, reason } = await this.post(
          serverId,
          encodeFileClose(file.fileId, file.entry, this.form, serverId),
        );
        if (verdict !== 'sent') return stop(unsentResults[verdict], reason);
        told.add(nameOf(file));
      }
    }
  }

  /** Entries without private options are of 4.23 or later, the others of 4.22 or earlier. */
  private get form(): FileCloseForm {
    return this.decoder.fitting.every(({ privateOptions }) => !privateOptions) ? 'ndr' : 'raw';
  }

  /**
   * Why files are left after all the time, `pending` of which smbd was told to close. 4.21 and 4.22 take no `raw`
   * message, and nothing in their records tells them from 4.19 and 4.20; a file that was closed does.
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
    const layouts = this.form === 'raw' && closed === 0 ? this.server.examine().layouts : [];
    return layouts.some(({ openDbRec }) => !openDbRec)
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
      const { records, problems } = this.table.refresh();
      if (problems[0] !== undefined) return `${this.path}: ${problems[0].message}`;
      const rows = this.server.readRows();
      // A session or an open that is not seen could be whose a file is.
      const [unread] = this.server.problems();
      return unread === undefined ? new FileOwners(records, rows, this.server.instance.forcedShares) : unread.message;
    } catch (error) {
      return (error instanceof ServerProblem ? error.problem : toProblem(error, this.path)).message;
    }
  }
}

/** @param look or why there was none */
function filesOf(look: FileOwners | string, session: SessionGlobal): SessionFiles {
  if (typeof look !== 'string') return look.filesOf(session);
  return { files: null, reason: `what it has open can't be read: ${look}` };
}

function nameOf({ fileId, entry }: SessionFile): string {
  return `${fileId} ${entry.serverId.pid} ${entry.shareFileId}`;
}

function countFiles(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFileClose, type FileCloseForm } from '../../samba/messages/index.ts';
import { type ServerId, type SessionGlobal, ShareModeDecoder, type ShareModeEntry } from '../../samba/records/index.ts';
import { TdbTable } from '../../samba/tdb/index.ts';
import { toProblem } from '../problems.ts';
import { type SambaServer, ServerProblem } from '../samba-server.ts';
import type { Posting } from './post-office.ts';
import { FileOwners, isForWriting, type SessionFile, type SessionFiles } from './session-files.ts';

/** What became of a session's files. */
export interface FilesClosed {
  readonly closed: number;
  /** Files that are still open. */
  readonly left: number;
  /** Why nothing, or not all, was closed; null where nothing is left. */
  readonly reason: string | null;
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
    for (;;) {
      const { files, reason } = filesOf(await this.lookSoon(), session);
      if (files === null) return { closed: told.size, left: 0, reason };
      if (files.length === 0) return { closed: told.size, left: 0, reason: null };
      const closed = told.size - files.filter((file) => told.has(nameOf(file))).length;
      const stop = (why: string): FilesClosed => ({ closed, left: files.length, reason: why });
      if (signal.aborted) return stop('it was given up');
      if (performance.now() >= endMs) return stop(this.whyLeft(files.length));
      for (const file of files) {
        if (told.has(nameOf(file))) continue;
        const { serverId } = file.entry;
        const { verdict, reason } = await this.post(
          serverId,
          encodeFileClose(file.fileId, file.entry, this.form, serverId),
        );
        if (verdict !== 'sent') return stop(reason);
        told.add(nameOf(file));
      }
    }
  }

  /** Entries without private options are of 4.23 or later, the others of 4.22 or earlier. */
  private get form(): FileCloseForm {
    return this.decoder.fitting.every(({ privateOptions }) => !privateOptions) ? 'ndr' : 'raw';
  }

  /** 4.21 and 4.22 take no `raw` message, and nothing in their records tells them from 4.19 and 4.20. */
  private whyLeft(count: number): string {
    const layouts = this.form === 'raw' ? this.server.examine().layouts : [];
    const isUnsure = layouts.some(({ openDbRec }) => !openDbRec);
    const files = count === 1 ? '1 file is' : `${count} files are`;
    return isUnsure
      ? `${files} still open: files can't be closed first on Samba 4.21 and 4.22, which this may be`
      : `${files} still open after ${limitMs / 1000} s`;
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
      return new FileOwners(records, this.server.readRows(), this.server.instance.forcedShares);
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

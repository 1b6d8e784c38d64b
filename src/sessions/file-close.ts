import type { CloseOptions, CloseResult } from './close.ts';
import type { FileLocation } from './file-location.ts';
import type { Instant } from './instant.ts';
import { isOpenForWriting, type OpenFile } from './open-file.ts';
import type { Problem } from './source.ts';

export const fileNotClosableReasons = [
  'gone',
  'not_served',
  'unreadable',
  'recorded',
  'out_of_limits',
  'form_unknown',
  'disconnected',
  'beneath_stream',
  'waiting',
] as const;

/**
 * Why nothing would be sent for the location of a file. `form_unknown`: its release may take neither form of the message
 * (4.21 and 4.22 can't be told from 4.19 and 4.20). `disconnected`: its client has gone, and no process has it that could
 * be told. Of the others smbd would crash, with all whom it serves. `beneath_stream`: it has that open for itself, beneath
 * a stream of the file. `waiting`: one whom it serves waits for a lock of the file, or for somebody to let go of it.
 */
export type FileNotClosable = (typeof fileNotClosableReasons)[number];

/** One location of a plan: which open ends, and what it costs. */
export interface PlannedFileClose {
  readonly location: FileLocation;
  /** The open as it was last seen; null where it is not there. */
  readonly file: OpenFile | null;
  /** Null where it can be closed. */
  readonly notClosable: FileNotClosable | null;
  /** Other opens of the same file: they stay. */
  readonly numOthers: number;
}

/** What a close of files would do, before anything is sent. Plain data, as a `ClosePlan` is. */
export interface FileClosePlan {
  readonly madeAt: Instant;
  readonly closes: readonly PlannedFileClose[];
  readonly problems: readonly Problem[];
}

export interface FileCloseOutcome {
  readonly location: FileLocation;
  readonly result: CloseResult;
  /** In words; empty for `closed`. */
  readonly message: string;
  /** From the sending until its entry had gone; null where it has not. */
  readonly tookMs: number | null;
}

/** Closes single opens of files. */
export interface FileCloser {
  /** Reads anew; each location once, in the order given. */
  plan(locations: readonly FileLocation[]): Promise<FileClosePlan>;
  /** One outcome per location of the plan, as each is known. Nothing is sent before the first is asked for. */
  close(plan: FileClosePlan, options: Pick<CloseOptions, 'reason' | 'signal'>): AsyncIterable<FileCloseOutcome>;
}

/** So many files may be closed without their number being confirmed. */
const unconfirmedFiles = 100;

/** The number of files that has to be confirmed; null where none has to be: not more than 100, none open for writing. */
export function filesToConfirm({ closes }: FileClosePlan): number | null {
  const closable = closes.filter(({ notClosable }) => notClosable === null);
  const mustSay =
    closable.length > unconfirmedFiles || closable.some(({ file }) => file !== null && isOpenForWriting(file));
  return mustSay ? closable.length : null;
}

/** How many of the files that a plan closes are open for writing, in words; empty for none. */
export function describeFilesWritten({ closes }: FileClosePlan): string {
  const written = closes.filter(({ notClosable, file }) => notClosable === null && file && isOpenForWriting(file));
  return written.length === 0 ? '' : `${written.length} of them open for writing`;
}

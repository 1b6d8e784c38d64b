import type { FileLocation } from './file-location.ts';
import type { Instant } from './instant.ts';
import type { Location } from './location.ts';
import type { Certainty, Session } from './session.ts';
import type { Problem } from './source.ts';

/** What a close may cost besides the session itself. Codes are stable; docs/errors.md has them all. */
export type CloseWarningCode =
  /** Once its client goes on, smbd drops the connection, and with it all who share it. */
  | 'CLOSE_DROPS_CONNECTION'
  /** Its durable handles outlive it and can be reclaimed, unless its files are closed first. */
  | 'CLOSE_LEAVES_DURABLE'
  /** Its client has worked lately, or holds files: it will log in again by itself. */
  | 'CLOSE_LIKELY_BACK'
  /** Its files can't be closed first, for the reason that is given. */
  | 'CLOSE_FILES_UNKNOWN';

export interface CloseWarning {
  readonly code: CloseWarningCode;
  readonly message: string;
}

export const notClosableReasons = [
  'gone',
  'not_served',
  'from_smbstatus',
  'unreadable',
  'recorded',
  'out_of_limits',
] as const;

/**
 * Why nothing would be sent for a location. `not_served`: its Samba is none of those here. `recorded`: it is of no running
 * one. `out_of_limits`: it, or what it would take along, is beyond what the token is for.
 */
export type NotClosable = (typeof notClosableReasons)[number];

/** A file or directory that a session has open. */
export interface PlannedFile {
  /** As of an `OpenFile`, and behind a colon the name of the stream that is open. */
  readonly path: string;
  readonly forWriting: boolean;
  readonly location: FileLocation;
}

/** One location of a plan: what ends with it, and what it costs others. */
export interface PlannedClose {
  readonly location: Location;
  /** The session as it was last listed; null where it is not: it has gone, or has not yet authenticated. */
  readonly session: Session | null;
  /** Why it can't be closed; null where it can. */
  readonly notClosable: NotClosable | null;
  readonly numOpens: number;
  readonly numOpensCertainty: Certainty;
  /** Files that it has open for writing; null where that is not known. */
  readonly numOpensForWriting: number | null;
  /** The first 100 that it has open, those for writing before others; none where that is not known. */
  readonly files: readonly PlannedFile[];
  readonly numDurable: number;
  /** Other sessions on the same connections that this plan does not close: they stay, but for what the warnings say. */
  readonly numNeighbours: number;
  /** The first 100 of them, by location. */
  readonly neighbours: readonly Location[];
  readonly warnings: readonly CloseWarning[];
}

/**
 * What a close would do, before anything is sent. It is plain data, and no server remembers it: it can be made again from
 * its locations, and `toConfirm` says what whoever has seen it must confirm.
 */
export interface ClosePlan {
  readonly madeAt: Instant;
  readonly closes: readonly PlannedClose[];
  /** Servers that could not be read, and why. */
  readonly problems: readonly Problem[];
}

/** What a close does besides. */
export interface CloseOptions {
  /** Closes the session's files before it, so that its durable handles end too. */
  readonly filesFirst: boolean;
  /** How long after its end to look out for the user coming back, in ms; 0 for not at all. */
  readonly watchMs: number;
  /** Why, in the words of who closes: for the log of a server that is asked to. */
  readonly reason?: string;
  /** Once it is aborted, nothing more is sent; outcomes are told to the end all the same. */
  readonly signal?: AbortSignal;
}

export const closeResults = ['closed', 'closing', 'gone', 'unresponsive', 'denied', 'refused', 'failed'] as const;

/**
 * What became of one session. `closed`: its record has gone. `closing`: accepted, but it was still there after 2 s.
 * `gone`: it had ended before. `unresponsive`: its process takes no messages, or does not act on them. `denied`: the system lets us not send.
 * `refused`: it can't be closed, or not in the way asked for. `failed`: anything else.
 */
export type CloseResult = (typeof closeResults)[number];

export interface CloseOutcome {
  readonly location: Location;
  readonly result: CloseResult;
  /** In words; empty for `closed`. */
  readonly message: string;
  /** From the sending until its record had gone; null where it has not. */
  readonly tookMs: number | null;
  /** Files that were closed before it. */
  readonly filesClosed: number;
  /** The first session that the same user has opened from the same address since; null for none so far. */
  readonly cameBackAs: Location | null;
  readonly cameBackAt: Instant | null;
}

/** Ends sessions. Nothing else changes anything on a Samba server. */
export interface Closer {
  /** Reads anew; each location once, in the order given. */
  plan(locations: readonly Location[]): Promise<ClosePlan>;
  /** One outcome per location of the plan, as each is known. Nothing is sent before the first is asked for. */
  close(plan: ClosePlan, options: CloseOptions): AsyncIterable<CloseOutcome>;
}

/** So many sessions may be closed without their number being confirmed. */
const unconfirmedSessions = 100;

/**
 * The number of sessions that has to be confirmed before a plan is carried out; null where none has to be: not more than
 * 100, and no file that is, or may be, open for writing.
 */
export function toConfirm({ closes }: ClosePlan): number | null {
  const closable = closes.filter(({ notClosable }) => notClosable === null);
  const mustSay =
    closable.length > unconfirmedSessions || closable.some((close) => isWriting(close) || mayWrite(close));
  return mustSay ? closable.length : null;
}

/** How many of the sessions that a plan closes write, or may do so, in words; empty for none. */
export function describeWriting({ closes }: ClosePlan): string {
  const closable = closes.filter(({ notClosable }) => notClosable === null);
  const [writing, perhaps] = [isWriting, mayWrite].map((is) => closable.filter(is).length);
  return [
    ...(writing === 0 ? [] : [`${writing} of them with files open for writing`]),
    ...(perhaps === 0 ? [] : [`${perhaps} of them with files that may be open for writing`]),
  ].join(', ');
}

function isWriting({ numOpensForWriting }: PlannedClose): boolean {
  return numOpensForWriting !== null && numOpensForWriting > 0;
}

/** What its files are open for is not known. */
function mayWrite({ numOpens, numOpensForWriting }: PlannedClose): boolean {
  return numOpensForWriting === null && numOpens > 0;
}

/** Whether the location is one of smbstatus's, whose sessions can't be closed: it does not say when they were made. */
export function isFromSmbstatus({ creationTime }: Location): boolean {
  return creationTime === 0n;
}

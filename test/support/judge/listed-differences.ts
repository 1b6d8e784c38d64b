import type { OpenFile, Session } from '../../../src/sessions/index.ts';
import { loginUnderWay } from './judgement.ts';

/** One thing that the judge and we say differently; undefined is what one of us does not say at all. */
export interface Difference {
  readonly of: 'session' | 'tree connect' | 'opens of a process' | 'open file';
  readonly field: string;
  readonly ours: unknown;
  readonly theirs: unknown;
  /** Ours, where there is one. */
  readonly session?: Session | undefined;
  readonly file?: OpenFile | undefined;
}

/** A difference that is meant to be, and why. All others are faults. */
export interface ListedDifference {
  readonly name: string;
  readonly reason: string;
  readonly covers: (difference: Difference) => boolean;
}

export const listedDifferences: readonly ListedDifference[] = [
  {
    name: 'a file id of more than 32 bits',
    reason: 'smbstatus of 4.17 cuts it; those of streams are so long',
    covers: ({ of, field, ours, theirs }) =>
      of === 'open file' && field === 'fileId' && typeof theirs === 'string' && cut(`${ours}`) === cut(theirs),
  },
  {
    name: 'a disconnected handle',
    reason:
      'smbstatus leaves out what no process has open; a durable handle whose client has gone still holds its file',
    covers: ({ of, theirs, file }) => of === 'open file' && theirs === undefined && file?.isDisconnected === true,
  },
  {
    name: 'a login under way',
    reason: 'smbstatus lists it as a session without a user; here it is one when it has a user',
    covers: ({ of, field, ours, theirs }) =>
      of === 'session' && field === 'user' && ours === undefined && theirs === loginUnderWay,
  },
  {
    name: 'guest and anonymous',
    reason: 'smbstatus prints the account of the system that stands in for both; here they are told apart by SID',
    covers: ({ of, field, theirs, session }) =>
      of === 'session' &&
      field === 'user' &&
      theirs === 'nobody' &&
      (session?.isGuest || session?.isAnonymous) === true,
  },
  {
    name: 'the plain login of an encrypted session',
    reason: 'a login always goes plain, and smbstatus counts it; here a session is as encrypted as its shares are',
    covers: ({ of, field, ours, theirs, session }) => {
      if (of !== 'session' || field !== 'encryption' || ours !== 'full') return false;
      if (theirs !== 'partial' && theirs !== 'none') return false;
      const shares = session!.treeConnects.filter(({ shareName }) => shareName !== 'IPC$');
      return shares.length > 0 && shares.every(({ encryption }) => encryption === 'full');
    },
  },
  {
    name: 'an upper bound of opens',
    reason: 'before 4.23 no record ties an open to its session, or tells a pipe: the list says upper_bound',
    covers: ({ of, field, ours, theirs }) =>
      of === 'opens of a process' && field === 'upper bound' && Number(ours) >= Number(theirs),
  },
];

function cut(ids: string): string {
  return ids
    .split(' ')
    .map((id) => BigInt.asIntN(32, BigInt(id)))
    .join();
}

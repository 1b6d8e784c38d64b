import type { FileLocation } from './file-location.ts';
import type { Identity } from './identity.ts';
import type { Instant } from './instant.ts';
import type { Location } from './location.ts';
import type { Certainty } from './session.ts';
import type { Part } from './source.ts';

/** What a client may keep to itself until smbd asks for it back. */
export type Caching =
  | { readonly kind: 'none' }
  | { readonly kind: 'level_ii' | 'exclusive' | 'batch' }
  /** [MS-SMB2] 2.2.13.2.8: read 1, handle 2, write 4; null where the records do not say. */
  | { readonly kind: 'lease'; readonly state: number | null };

/** One open of a file or directory. */
export interface OpenFile {
  readonly location: FileLocation;
  /** Absolute, as smbd sees it: UTF-8 as far as it is such. Never ends in a slash, but for the root. */
  readonly path: string;
  /** The folder of the share, within which the client named it. */
  readonly servicePath: string;
  /** Name of a stream of it, without colons; null for the file itself. */
  readonly stream: string | null;
  /** Null where that is not known. */
  readonly isDirectory: boolean | null;
  /**
   * Whether it goes once the last who has it open has closed it. Who asked for that with the open itself has it told here
   * only as he closes it: until then no record says it.
   */
  readonly isDeleteOnClose: boolean;
  /** [MS-SMB2] 2.2.13.1 */
  readonly accessMask: number;
  /** What others may do meanwhile: read 1, write 2, delete 4. */
  readonly shareAccess: number;
  readonly caching: Caching;
  readonly openedAt: Instant;
  readonly numByteRangeLocks: number;
  /** Who opened it, under `force user` that one. */
  readonly uid: number;
  /** The user of its session; null where that is not known: then `uid` alone is. */
  readonly user: Identity | null;
  /** The session that has it open; null where the records can't tell, or it has ended. */
  readonly session: Location | null;
  /** `exact`: the records name it, or no other could be meant. `unknown`: it is null. */
  readonly sessionCertainty: Extract<Certainty, 'exact' | 'unknown'>;
  /** The share through which it was opened; null where the records can't tell. */
  readonly shareName: string | null;
  /** The client's address; null where the session is not known. */
  readonly client: string | null;
  /** Whether it outlives its session for a time. */
  readonly isDurable: boolean;
  /** Whether its client has gone, and may take it up again. */
  readonly isDisconnected: boolean;
}

/** All open files of a moment, ordered by location. */
export interface FileList {
  readonly parts: readonly Part[];
  readonly files: readonly OpenFile[];
}

/** Where open files come from, read when they are asked for. */
export interface FileSource {
  /** Never rejects for what Samba does or is: that is in the parts. */
  files(): Promise<FileList>;
  /**
   * The same files, with those told from directories that could be within a second: `isDirectory` stays null where a file
   * has gone from its path, or nobody could look.
   */
  resolveKinds(files: readonly OpenFile[]): Promise<readonly OpenFile[]>;
}

/** FILE_WRITE_DATA, FILE_APPEND_DATA, DELETE, GENERIC_WRITE, GENERIC_ALL: [MS-SMB2] 2.2.13.1. */
const writing = 0x2 | 0x4 | 0x1_0000 | 0x4000_0000 | 0x1000_0000;

export function isOpenForWriting({ accessMask }: Pick<OpenFile, 'accessMask'>): boolean {
  return (accessMask & writing) !== 0;
}

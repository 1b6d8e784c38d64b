import { type FileLocation, formatFileLocation, parseFileLocation } from './file-location.ts';
import { fromIso, toIso } from './instant.ts';
import { flagOf, numberOf, orNull, textOf, wordOf } from './json-form.ts';
import { formatLocation, type Location, parseLocation } from './location.ts';
import { type Caching, isOpenForWriting, type OpenFile } from './open-file.ts';
import { fromUserJson, type SessionJson, userJson } from './session-json.ts';

/** An open file as plain JSON: what `/smbwho/v1/files` and `smbwho files --json` give. */
export interface OpenFileJson {
  readonly location: string;
  readonly instance: number;
  readonly path: string;
  /** The folder of the share. */
  readonly service_path: string;
  readonly stream: string | null;
  readonly share_name: string | null;
  readonly is_directory: boolean | null;
  readonly is_delete_on_close: boolean;
  /** The bits of [MS-SMB2] 2.2.13.1. */
  readonly access_mask: number;
  readonly is_open_for_writing: boolean;
  /** What others may do meanwhile. */
  readonly share_access: readonly string[];
  readonly caching: Caching['kind'];
  /** Null where it is no lease, or the records do not say. */
  readonly lease_state: readonly string[] | null;
  readonly opened_at: string;
  readonly num_byte_range_locks: number;
  readonly uid: number;
  readonly user: SessionJson['user'] | null;
  readonly session: string | null;
  readonly session_certainty: OpenFile['sessionCertainty'];
  readonly client: string | null;
  readonly is_durable: boolean;
  readonly is_disconnected: boolean;
}

const shareAccessWords = ['read', 'write', 'delete'];
const leaseWords = ['read', 'handle', 'write'];
const cachingKinds = ['none', 'level_ii', 'exclusive', 'batch', 'lease'] as const;

export function toOpenFileJson(file: OpenFile): OpenFileJson {
  const { caching } = file;
  return {
    location: formatFileLocation(file.location),
    instance: file.location.instance,
    path: file.path,
    service_path: file.servicePath,
    stream: file.stream,
    share_name: file.shareName,
    is_directory: file.isDirectory,
    is_delete_on_close: file.isDeleteOnClose,
    access_mask: file.accessMask,
    is_open_for_writing: isOpenForWriting(file),
    share_access: toWords(file.shareAccess, shareAccessWords),
    caching: caching.kind,
    lease_state: caching.kind === 'lease' && caching.state !== null ? toWords(caching.state, leaseWords) : null,
    opened_at: toIso(file.openedAt),
    num_byte_range_locks: file.numByteRangeLocks,
    uid: file.uid,
    user: orNull(file.user, userJson),
    session: orNull(file.session, formatLocation),
    session_certainty: file.sessionCertainty,
    client: file.client,
    is_durable: file.isDurable,
    is_disconnected: file.isDisconnected,
  };
}

/**
 * The open file that JSON of this form describes.
 *
 * @throws TypeError where it is not of this form
 */
export function fromOpenFileJson(json: OpenFileJson): OpenFile {
  return {
    location: fileLocationOf(json.location),
    path: textOf(json.path),
    servicePath: textOf(json.service_path),
    stream: orNull(json.stream, textOf),
    isDirectory: orNull(json.is_directory, flagOf),
    isDeleteOnClose: flagOf(json.is_delete_on_close),
    accessMask: numberOf(json.access_mask),
    shareAccess: toBits(json.share_access, shareAccessWords),
    caching: cachingOf(json),
    openedAt: fromIso(json.opened_at),
    numByteRangeLocks: numberOf(json.num_byte_range_locks),
    uid: numberOf(json.uid),
    user: orNull(json.user, fromUserJson),
    session: orNull(json.session, sessionOf),
    sessionCertainty: wordOf(['exact', 'unknown'], json.session_certainty),
    shareName: orNull(json.share_name, textOf),
    client: orNull(json.client, textOf),
    isDurable: flagOf(json.is_durable),
    isDisconnected: flagOf(json.is_disconnected),
  };
}

function sessionOf(text: string): Location {
  const location = parseLocation(text);
  if (location === null) throw new TypeError('what should be the location of a session is none');
  return location;
}

function cachingOf({ caching, lease_state }: OpenFileJson): Caching {
  const kind = wordOf(cachingKinds, caching);
  if (kind !== 'lease') return { kind };
  return { kind, state: orNull(lease_state, (words) => toBits(words, leaseWords)) };
}

/** The words of the bits that are set, the lowest first. */
function toWords(bits: number, words: readonly string[]): string[] {
  return words.filter((_, i) => (bits & (1 << i)) !== 0);
}

function toBits(given: readonly string[], words: readonly string[]): number {
  return given.reduce((bits, word) => bits | (1 << words.indexOf(wordOf(words, word))), 0);
}

/** @throws TypeError */
export function fileLocationOf(text: string): FileLocation {
  const location = parseFileLocation(text);
  if (location === null) throw new TypeError('what should be the location of an open file is none');
  return location;
}

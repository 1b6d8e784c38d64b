import { compileGlob, isGlob } from './glob.ts';
import type { Identity } from './identity.ts';
import { filterByIdentity } from './identity-filter.ts';
import type { IdentityQuery } from './identity-query.ts';
import { posixUser } from './known-identity.ts';
import { formatLocation, type Location } from './location.ts';
import { isOpenForWriting, type OpenFile } from './open-file.ts';
import type { UserDirectory } from './source.ts';

/** Which open files to have. An absent condition leaves nothing out. */
export interface FileFilter {
  /** See `parsePathPattern`. */
  readonly path?: (file: PathOfFile) => boolean;
  /** A share's name, in any case. */
  readonly share?: string;
  readonly session?: Location;
  /** Whether a client's address is meant, see `parseNetwork`. */
  readonly from?: (address: string) => boolean;
  readonly writing?: boolean;
  readonly disconnected?: boolean;
  /** Whether it goes once it is closed. */
  readonly deleted?: boolean;
}

type PathOfFile = Pick<OpenFile, 'path' | 'servicePath'>;

/** Longer than any path that smbd opens. */
const maxPatternLength = 4096;
/** Each of them costs time for each letter of each path of a list that others wait for. */
const maxWildcards = 16;

export const pathPatternForm = `1 to ${maxPatternLength} characters, not more than ${maxWildcards} of them \`*\` or \`?\``;

/** Of a file that lacks what a condition is of, it is not known to hold, so it does not. */
export function filterFiles(files: readonly OpenFile[], filter: FileFilter): readonly OpenFile[] {
  const { path, from, writing, disconnected, deleted } = filter;
  const share = filter.share?.toLowerCase();
  const session = filter.session && formatLocation(filter.session);
  return files.filter(
    (file) =>
      (path === undefined || path(file)) &&
      (share === undefined || file.shareName?.toLowerCase() === share) &&
      (session === undefined || (file.session !== null && formatLocation(file.session) === session)) &&
      (from === undefined || (file.client !== null && from(file.client))) &&
      (writing === undefined || isOpenForWriting(file) === writing) &&
      (disconnected === undefined || file.isDisconnected === disconnected) &&
      (deleted === undefined || file.isDeleteOnClose === deleted),
  );
}

/**
 * The files of one user: those of the user's sessions, and by uid alone where the session is not known.
 *
 * @throws IdentityError as `filterByIdentity`
 */
export async function filterFilesByIdentity(
  files: readonly OpenFile[],
  query: IdentityQuery,
  directory: UserDirectory,
): Promise<readonly OpenFile[]> {
  const owned = files.map((file) => ({ location: file.location, user: ownerOf(file), file }));
  return (await filterByIdentity(owned, query, directory)).map(({ file }) => file);
}

/** Whose it is, as far as that is known: a session's user, or no more than a uid. */
export function ownerOf({ user, uid }: Pick<OpenFile, 'user' | 'uid'>): Identity {
  return user ?? posixUser({ uid, gid: null, name: null });
}

/**
 * Reads what is to be open: a path stands for itself and for all below, one with `*`, `?` or `**` for what it matches as a
 * whole, see `compileGlob`. One that begins with a slash is the server's path, another one the path within the share.
 *
 * @returns null where the text is not `pathPatternForm`
 */
export function parsePathPattern(text: string): ((file: PathOfFile) => boolean) | null {
  if (text === '' || text.length > maxPatternLength || text.replace(/[^*?]/g, '').length > maxWildcards) return null;
  const matches = isGlob(text) ? compileGlob(text) : below(text);
  return text.startsWith('/') ? ({ path }) => matches(path) : (file) => matchesWithin(file, matches);
}

function below(text: string): (path: string) => boolean {
  const folder = text.replace(/\/+$/, '');
  return (path) => path === folder || path.startsWith(`${folder}/`);
}

function matchesWithin({ path, servicePath }: PathOfFile, matches: (path: string) => boolean): boolean {
  const share = servicePath.replace(/\/+$/, '');
  return path.startsWith(`${share}/`) && matches(path.slice(share.length + 1));
}

import Type from 'typebox';
import {
  compareFileLocations,
  type FileFilter,
  type FileList,
  type FileLocation,
  filterFiles,
  filterFilesByIdentity,
  formatFileLocation,
  type OpenFile,
  parseFileLocation,
  parseIdentity,
  parseLocation,
  parsePathPattern,
  pathPatternForm,
  takePage,
} from '../sessions/index.ts';
import { ApiError } from './errors.ts';
import { trueOrFalse } from './schemas.ts';
import type { Scope } from './services.ts';
import { checkRead, pageParameters, parseFrom, toLimit } from './session-list.ts';

const flag = (description: string) => Type.Optional(Type.String({ pattern: trueOrFalse, description }));

const chosenBy = {
  path: Type.Optional(
    Type.String({
      description:
        'Only this path and all below it; or, with `?`, `*` (part of a name) and `**` (any folders), what that matches. It begins with a slash, or is of the share',
    }),
  ),
  identity: Type.Optional(Type.String({ description: 'Only files of this user, as in the list of sessions' })),
  share: Type.Optional(Type.String({ description: 'Only files that were opened through this share' })),
  session: Type.Optional(Type.String({ description: "Only files of this session, by its location's text" })),
  from: Type.Optional(Type.String({ description: 'Only files open from this IP address or network' })),
};

/** What the list can leave out, as parameters of a query. */
const filterParameters = {
  ...chosenBy,
  writing: flag('Whether it is open for writing'),
  disconnected: flag('Whether its client has gone, and may take it up again'),
  deleted: flag('Whether it goes with its last close'),
};

/** The same in a body. */
export const filterProperties = {
  ...chosenBy,
  writing: Type.Optional(Type.Boolean()),
  disconnected: Type.Optional(Type.Boolean()),
  deleted: Type.Optional(Type.Boolean()),
};

/** Parameters that are not named here are taken out, and so ignored. */
const ignoreOthers = { additionalProperties: false };

export const FileListQuery = Type.Object(
  {
    ...filterParameters,
    kinds: flag('Whether to tell directories from files, which can take a second'),
    ...pageParameters,
  },
  ignoreOthers,
);

/** What the contract's list knows. */
export const SmbFileListQuery = Type.Object(
  {
    file_number: Type.Optional(Type.String({ pattern: '^\\d{1,20}$', description: 'Only opens of this inode' })),
    resolve_paths: flag('Whether to say paths; without it they are empty'),
    ...pageParameters,
  },
  ignoreOthers,
);

type FileFilters =
  | Type.Static<Type.TObject<typeof filterParameters>>
  | Type.Static<Type.TObject<typeof filterProperties>>;

/**
 * All open files that the filters leave.
 *
 * @throws ApiError, IdentityError
 */
export async function selectFiles({ files: source, directory }: Scope, filters: FileFilters) {
  const identity = filters.identity === undefined ? null : parseIdentity(filters.identity);
  const filter = toFilter(filters);
  const list = await readFiles(source);
  const files = filterFiles(list.files, filter);
  return { list, files: identity === null ? files : await filterFilesByIdentity(files, identity, directory) };
}

/** @throws ApiError samba_unavailable_error */
export async function readFiles(source: Scope['files']): Promise<FileList> {
  const list = await source.files();
  checkRead(list.parts);
  return list;
}

/**
 * One page of files.
 *
 * @param path what `next` begins with
 * @param query what it goes on with
 * @throws ApiError bad_parameter_error
 */
export function pageOfFiles(
  files: readonly OpenFile[],
  query: { readonly [name: string]: string | undefined },
  path: string,
): { readonly files: readonly OpenFile[]; readonly next: string | null } {
  const after = query.after === undefined ? null : parseAfter(query.after);
  const page = takePage(files, after, toLimit(query.limit), compareFileLocations);
  if (page.next === null) return { files: page.entries, next: null };
  const words = new URLSearchParams({ after: formatFileLocation(page.next) });
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && name !== 'after') words.set(name, name === 'limit' ? String(toLimit(value)) : value);
  }
  return { files: page.entries, next: `${path}?${words}` };
}

export function isTrue(text: string | boolean | undefined): boolean {
  return String(text).toLowerCase() === 'true';
}

function toFilter({ path, share, session, from, writing, disconnected, deleted }: FileFilters): FileFilter {
  const conditions = {
    path: path === undefined ? undefined : parsePath(path),
    share,
    session: session === undefined ? undefined : parseSession(session),
    from: parseFrom(from),
    writing: toFlag(writing),
    disconnected: toFlag(disconnected),
    deleted: toFlag(deleted),
  };
  return Object.fromEntries(Object.entries(conditions).filter(([, condition]) => condition !== undefined));
}

function toFlag(text: string | boolean | undefined): boolean | undefined {
  return text === undefined ? undefined : isTrue(text);
}

function parsePath(text: string) {
  const pattern = parsePathPattern(text);
  if (pattern !== null) return pattern;
  throw new ApiError('bad_parameter_error', `path must have ${pathPatternForm}`);
}

function parseSession(text: string) {
  const location = parseLocation(text);
  if (location !== null) return location;
  throw new ApiError('bad_parameter_error', 'session is no location; the list of sessions has them');
}

function parseAfter(text: string): FileLocation {
  const location = parseFileLocation(text);
  if (location !== null) return location;
  throw new ApiError('bad_parameter_error', 'after is no key of this list; take it from paging.next');
}

import {
  type EncryptionLevel,
  type Endpoint,
  elapsedMicros,
  formatLocation,
  type Instant,
  type OpenFile,
  type Problem,
  type Session,
  type TreeConnect,
  toIso,
} from '../sessions/index.ts';
import { formatAge } from './age.ts';
import { fileShortenings, openColumns } from './file-table.ts';
import { type Style, styleOf } from './style.ts';
import { formatTable } from './table.ts';
import { shorten, visible, wrap } from './visible.ts';

export interface DetailsOptions {
  /** The moment that ages are told for. */
  readonly at: Instant;
  readonly colour: boolean;
  /** Cells of a line; null where it is no terminal, and no line is broken. Fewer than 40 count as 40. */
  readonly width: number | null;
  /** Default: none are shown. */
  readonly files?: FilesOfSession;
}

/** What a session has open; null where that could not be read, and why. */
export interface FilesOfSession {
  readonly files: readonly OpenFile[] | null;
  readonly problem: Problem | null;
}

type Fact = readonly [label: string, value: string | number | null];

const noFiles: FilesOfSession = { files: [], problem: null };
const narrowest = 40;
const indent = '  ';

/** All that is known of one session, in groups under titles. Lines are broken to fit; long share names are shortened. */
export function formatDetails(session: Session, { at, colour, width, files = noFiles }: DetailsOptions): string {
  const style = styleOf(colour);
  const { title } = style;
  const room = width === null ? Infinity : Math.max(narrowest, width) - indent.length;
  const { channels, treeConnects, pid } = session;
  const groups: readonly (readonly [name: string, lines: readonly string[]])[] = [
    ['Location', [formatLocation(session.location)]],
    ['User', formatFacts(userFacts(session), room)],
    [
      channels.length === 1 ? 'Connection' : `Connections, ${channels.length}`,
      channels.flatMap(({ client, server, openedAt }) =>
        wrap(`${formatEndpoint(client)} -> ${formatEndpoint(server)}, since ${formatInstant(openedAt, at)}`, room),
      ),
    ],
    ['Session', formatFacts(sessionFacts(session, at), room)],
    ['Shares', formatShares(treeConnects, at, room)],
    ['Open files', [...wrap(opensInWords(session), room), ...formatFilesOf(files, at, style, room)]],
    ['Idle', wrap(idleInWords(session, at), room)],
    ['Server process', [`pid ${pid}`]],
  ];
  return groups
    .map(([name, lines]) => [title(name), ...lines.map((line) => indent + line)].map((line) => `${line}\n`).join(''))
    .join('\n');
}

function userFacts({ user, isGuest, isAnonymous }: Session): Fact[] {
  const { name, domain, uid, gid, sid, authId } = user;
  return [
    ['Name', name],
    ['Domain', domain],
    ...(isGuest || isAnonymous ? [['Logged in', isGuest ? 'as guest' : 'anonymously'] as const] : []),
    ['uid', uid],
    ['gid', gid],
    ['SID', sid],
    ['auth_id', authId],
  ];
}

function sessionFacts(session: Session, at: Instant): Fact[] {
  const { openedAt, authenticatedAt, expiresAt, dialect, encryption } = session;
  return [
    ['Opened', formatInstant(openedAt, at)],
    ['Authenticated', formatInstant(authenticatedAt, at)],
    ['Expires', expiresAt === null && openedAt !== null ? 'never' : formatInstant(expiresAt, at)],
    ['Dialect', dialect === 'NT1' ? 'SMB1 (NT1)' : `SMB ${dialect}`],
    ['Encryption', encryptionInWords[encryption]],
  ];
}

const encryptionInWords: Readonly<Record<EncryptionLevel, string>> = {
  full: 'full: nothing goes plain, as far as the records tell',
  partial: 'partial: some of it goes plain',
  none: 'none: all of it goes plain',
};

/** As label and value, values below each other. */
function formatFacts(facts: readonly Fact[], room: number): string[] {
  const labelWidth = Math.max(...facts.map(([label]) => label.length)) + 2;
  return facts.flatMap(([label, value]) =>
    wrap(visible(String(value ?? 'unknown')), room - labelWidth).map((line, i) =>
      `${(i === 0 ? `${label}:` : '').padEnd(labelWidth)}${line}`.trimEnd(),
    ),
  );
}

function formatShares(treeConnects: readonly TreeConnect[], at: Instant, room: number): string[] {
  if (treeConnects.length === 0) return ['none'];
  const table = formatTable<TreeConnect>(
    [
      { title: 'SHARE', text: ({ shareName }, width) => shorten(visible(shareName), width) },
      { title: 'CONNECTED', text: ({ openedAt }) => (openedAt === null ? '?' : toSecond(openedAt)) },
      { title: 'AGE', align: 'right', text: ({ openedAt }) => (openedAt === null ? '?' : ageOf(openedAt, at)) },
      { title: 'ENCRYPTION', text: ({ encryption }) => encryption },
    ],
    treeConnects,
    {
      width: Number.isFinite(room) ? room : null,
      concessions: [
        { column: 'SHARE', least: 8 },
        { column: 'CONNECTED', least: 'none' },
      ],
    },
  );
  return table.trimEnd().split('\n');
}

function opensInWords({ numOpens, numOpensCertainty }: Session): string {
  switch (numOpensCertainty) {
    case 'exact':
      return String(numOpens);
    case 'upper_bound':
      return (
        `at most ${numOpens}: all that is known of an open file is whose it is and which process serves it, so some ` +
        'may belong to another session on the same connection, and some may be named pipes'
      );
    case 'lower_bound':
      return `at least ${numOpens}`;
    case 'unknown':
      return 'unknown';
  }
}

function formatFilesOf({ files, problem }: FilesOfSession, at: Instant, style: Style, room: number): string[] {
  if (files === null)
    return problem === null ? [] : wrap(`${visible(problem.code)}: ${visible(problem.message)}`, room);
  if (files.length === 0) return [];
  const width = Number.isFinite(room) ? room : null;
  const table = formatTable(openColumns(at, style), files, { width, concessions: fileShortenings });
  return table.trimEnd().split('\n');
}

function idleInWords({ lastActiveAt, idleCertainty }: Session, at: Instant): string {
  if (lastActiveAt === null) return 'unknown';
  const idle = `${ageOf(lastActiveAt, at)}, since ${toSecond(lastActiveAt)}`;
  switch (idleCertainty) {
    case 'exact':
      return idle;
    case 'upper_bound':
      return `at most ${idle}`;
    case 'lower_bound':
      return `at least ${idle}: what came then may have been a sign of life, or for another session on the same connection`;
    case 'unknown':
      return 'unknown';
  }
}

function formatEndpoint(endpoint: Endpoint | null): string {
  if (endpoint === null) return 'unknown';
  const { address, port } = endpoint;
  const shown = visible(address);
  return shown.includes(':') ? `[${shown}]:${port}` : `${shown}:${port}`;
}

function formatInstant(instant: Instant | null, at: Instant): string {
  if (instant === null) return 'unknown';
  return `${toSecond(instant)} (${instant > at ? `in ${ageOf(at, instant)}` : `${ageOf(instant, at)} ago`})`;
}

function ageOf(from: Instant, to: Instant): string {
  return formatAge(elapsedMicros(from, to));
}

function toSecond(instant: Instant): string {
  return `${toIso(instant).slice(0, 19)}Z`;
}

import { elapsedMicros, formatFileLocation, formatLocation, type Instant, type OpenFile } from '../sessions/index.ts';
import { formatAge } from './age.ts';
import { narrowest, type TableOptions } from './session-table.ts';
import { type Style, styleOf } from './style.ts';
import { type Column, type Concession, formatTable } from './table.ts';
import { shorten, shortenStart, visible } from './visible.ts';

export const fileShortenings: readonly Concession[] = [
  { column: 'LOCATION', least: 'none' },
  { column: 'USER', least: 10 },
  { column: 'SHARE', least: 8 },
  { column: 'PATH', least: 24 },
  ...['LOCKS', 'CACHING', 'SHARE', 'OPENED'].map((column) => ({ column, least: 'none' as const })),
  { column: 'PATH', least: 8 },
];

/**
 * The open files as a person reads them, a line each under a line of titles; none are the titles alone.
 *
 * Too wide for `width`, it first leaves out LOCATION, then shortens USER, SHARE and PATH, of which the end stays; only on a
 * very narrow terminal more columns go. `wide` leaves out and shortens nothing.
 */
export function formatFiles(files: readonly OpenFile[], options: TableOptions): string {
  const { at, width, wide, headers } = options;
  const style = styleOf(options.colour);
  return formatTable(wide ? wideColumns(at, style) : fileColumns(at, style), files, {
    width: width === null ? null : Math.max(narrowest, width),
    concessions: wide ? [] : fileShortenings,
    headers,
    paintTitles: style.title,
  });
}

const location: Column<OpenFile> = { title: 'LOCATION', text: (file) => formatFileLocation(file.location) };

/** What the table of open files has. */
export function fileColumns(at: Instant, style: Style): Column<OpenFile>[] {
  return [
    { title: 'USER', text: (file, width) => shorten(visible(userOf(file)), width) },
    { title: 'FROM', text: (file) => visible(fromOf(file)) },
    { title: 'SHARE', text: ({ shareName }, width) => shorten(visible(shareName ?? '?'), width) },
    ...openColumns(at, style),
    location,
  ];
}

/** Those that say how a file is open, and which. */
export function openColumns(at: Instant, style: Style): Column<OpenFile>[] {
  return [
    { title: 'ACCESS', text: (file) => formatAccess(file, style) },
    { title: 'CACHING', text: ({ caching }) => formatCaching(caching) },
    { title: 'LOCKS', align: 'right', text: ({ numByteRangeLocks }) => String(numByteRangeLocks) },
    { title: 'OPENED', align: 'right', text: ({ openedAt }) => formatAge(elapsedMicros(openedAt, at)) },
    { title: 'PATH', text: (file, width) => shortenStart(visible(pathOf(file)), width) },
  ];
}

function wideColumns(at: Instant, style: Style): Column<OpenFile>[] {
  return [
    ...fileColumns(at, style).filter(({ title }) => title !== 'PATH' && title !== 'LOCATION'),
    { title: 'OTHERS MAY', text: ({ shareAccess }) => letters(shareAccess, 'RWD') },
    { title: 'FLAGS', text: formatFlags },
    { title: 'UID', align: 'right', text: ({ uid }) => String(uid) },
    { title: 'PID', align: 'right', text: (file) => String(file.location.pid) },
    { title: 'SESSION', text: ({ session }) => (session === null ? '?' : formatLocation(session)) },
    ...openColumns(at, style).filter(({ title }) => title === 'PATH'),
    location,
  ];
}

/** The user of its session; where that is not known, the uid. */
export function userOf({ user, uid }: OpenFile): string {
  return user?.name ?? user?.sid ?? `uid ${uid}`;
}

export function fromOf({ client, isDisconnected }: OpenFile): string {
  return client ?? (isDisconnected ? 'gone' : '?');
}

/** A directory ends in a slash where it is known to be one; a stream stands behind a colon. */
export function pathOf({ path, stream, isDirectory }: OpenFile): string {
  const isFolder = isDirectory === true && stream === null && !path.endsWith('/');
  return `${path}${isFolder ? '/' : ''}${stream === null ? '' : `:${stream}`}`;
}

/** [MS-SMB2] 2.2.13.1: what reads or runs data; what writes or appends it; what deletes. */
const reading = 0x1 | 0x20 | 0x8000_0000 | 0x2000_0000 | 0x1000_0000;
const writing = 0x2 | 0x4 | 0x4000_0000 | 0x1000_0000;
const deleting = 0x1_0000 | 0x1000_0000;

/** `R`, `W` and `D` for data that is read and written, and for a file that may be deleted or renamed. */
function formatAccess({ accessMask }: OpenFile, style: Style): string {
  const kinds = [reading, writing, deleting].map((bits) => (accessMask & bits) !== 0);
  const text = letters(
    kinds.reduce((bits, is, i) => bits | (Number(is) << i), 0),
    'RWD',
  );
  return kinds[1] ? style.warning(text) : text;
}

function formatCaching(caching: OpenFile['caching']): string {
  switch (caching.kind) {
    case 'none':
      return '-';
    case 'lease':
      return caching.state === null ? 'lease' : `lease ${letters(caching.state, 'RHW')}`;
    case 'level_ii':
      return 'level II';
    default:
      return caching.kind;
  }
}

function letters(bits: number, all: string): string {
  return [...all].filter((_, i) => (bits & (1 << i)) !== 0).join('') || '-';
}

function formatFlags({ isDurable, isDisconnected, isDeleteOnClose }: OpenFile): string {
  const flags = [
    isDisconnected ? 'disconnected' : isDurable ? 'durable' : '',
    isDeleteOnClose ? 'delete-on-close' : '',
  ].filter((flag) => flag !== '');
  return flags.join(',') || '-';
}

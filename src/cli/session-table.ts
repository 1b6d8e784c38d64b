import { type Certainty, elapsedMicros, formatLocation, type Instant, type Session } from '../sessions/index.ts';
import { formatAge } from './age.ts';
import { type Style, styleOf } from './style.ts';
import { type Column, type Concession, formatTable } from './table.ts';
import { shorten, shortenNames, visible } from './visible.ts';

export interface TableOptions {
  /** The moment that ages are told for. */
  readonly at: Instant;
  /** Cells of a line; null where it is no terminal, and nothing is cut. Fewer than 40 count as 40. */
  readonly width: number | null;
  readonly colour: boolean;
  /** Every column, even where a line then takes more than `width`. */
  readonly wide: boolean;
  readonly headers: boolean;
}

export const narrowest = 40;

export const shortenings: readonly Concession[] = [
  { column: 'SHARES', least: 10 },
  { column: 'USER', least: 10 },
];

/** A location is copied to `show`, so it stands there whole or not at all; an address is cut when nothing else is left. */
const concessions: readonly Concession[] = [
  ...shortenings,
  ...['LOCATION', 'OPENS', 'IDLE', 'AGE', 'FLAGS'].map((column) => ({ column, least: 'none' as const })),
  { column: 'FROM', least: 15 },
];

/**
 * The sessions as a person reads them, a line each under a line of titles; no sessions are the titles alone.
 *
 * Too wide for `width`, it first shortens SHARES (`media,+2`), then USER; then it leaves out LOCATION, which needs about
 * 100 columns, and only on a very narrow terminal OPENS, IDLE, AGE and FLAGS. `wide` leaves out nothing: it shortens where
 * that makes it fit, and is whole else.
 */
export function formatSessions(sessions: readonly Session[], options: TableOptions): string {
  const { at, width, wide, headers } = options;
  const style = styleOf(options.colour);
  return formatTable(wide ? wideColumns(sessions, at, style) : mainColumns(at, style), sessions, {
    width: width === null ? null : Math.max(narrowest, width),
    concessions: wide ? shortenings : concessions,
    headers,
    paintTitles: style.title,
  });
}

const location: Column<Session> = { title: 'LOCATION', text: (session) => formatLocation(session.location) };

/** What the table of the sessions has, and that of a plan to close some. */
export function mainColumns(at: Instant, style: Style): Column<Session>[] {
  return [
    { title: 'USER', text: ({ user }, width) => shorten(visible(user.name ?? user.sid ?? '?'), width) },
    {
      title: 'FROM',
      text: ({ channels }, width) => shorten(formatAddresses(channels.map((each) => each.client)), width),
    },
    { title: 'SHARES', text: ({ shareNames }, width) => shortenNames(shareNames.map(visible), width) || '-' },
    {
      title: 'AGE',
      align: 'right',
      text: ({ openedAt }) => (openedAt === null ? '?' : formatAge(elapsedMicros(openedAt, at))),
    },
    { title: 'IDLE', align: 'right', text: (session) => formatIdle(session, at) },
    { title: 'OPENS', align: 'right', text: formatOpens },
    { title: 'FLAGS', text: (session) => formatFlags(session, style) },
    location,
  ];
}

function wideColumns(sessions: readonly Session[], at: Instant, style: Style): Column<Session>[] {
  const instance: Column<Session> = {
    title: 'INSTANCE',
    align: 'right',
    text: (each) => String(each.location.instance),
  };
  const isOneOfMany = new Set(sessions.map((each) => each.location.instance)).size > 1;
  return [
    ...mainColumns(at, style).filter((column) => column !== location),
    ...(isOneOfMany ? [instance] : []),
    { title: 'SERVER', text: ({ channels }) => formatAddresses(channels.map((each) => each.server)) },
    { title: 'PORT', align: 'right', text: ({ channels }) => String(channels[0].client.port) },
    { title: 'PID', align: 'right', text: ({ pid }) => String(pid) },
    { title: 'DIALECT', text: ({ dialect }) => visible(dialect) },
    { title: 'ENCRYPTION', text: ({ encryption }) => encryption },
    { title: 'IDLE IS', text: ({ idleCertainty }) => idleCertainty },
    { title: 'OPENS ARE', text: ({ numOpensCertainty }) => numOpensCertainty },
    location,
  ];
}

/** The first channel's, and how many others there are. */
function formatAddresses(endpoints: readonly ({ readonly address: string } | null)[]): string {
  const [first, ...others] = new Set(endpoints.map((each) => (each === null ? '?' : visible(each.address))));
  return others.length === 0 ? first! : `${first},+${others.length}`;
}

const marks: Readonly<Record<Exclude<Certainty, 'unknown'>, string>> = {
  exact: '',
  lower_bound: '>=',
  upper_bound: '<=',
};

function formatFigure(figure: string, certainty: Certainty): string {
  return certainty === 'unknown' ? '?' : `${marks[certainty]}${figure}`;
}

/** A lower bound is a rough figure, so that one unit is enough for it. */
function formatIdle({ lastActiveAt, idleCertainty }: Session, at: Instant): string {
  if (lastActiveAt === null) return '?';
  const parts = idleCertainty === 'lower_bound' ? 1 : 2;
  return formatFigure(formatAge(elapsedMicros(lastActiveAt, at), parts), idleCertainty);
}

export function formatOpens({ numOpens, numOpensCertainty }: Pick<Session, 'numOpens' | 'numOpensCertainty'>): string {
  return formatFigure(String(numOpens), numOpensCertainty);
}

function formatFlags({ isGuest, isAnonymous, encryption, dialect }: Session, style: Style): string {
  const flags = [
    isGuest ? style.warning('guest') : '',
    isAnonymous ? style.warning('anonymous') : '',
    encryption === 'full' ? style.good('encrypted') : encryption === 'partial' ? 'part-encrypted' : '',
    dialect === 'NT1' ? style.bad('smb1') : '',
  ].filter((flag) => flag !== '');
  return flags.join(',') || '-';
}

import {
  type ClosePlan,
  type Full,
  formatLocation,
  isFromSmbstatus,
  type Location,
  type NotClosable,
  now,
  type PlannedClose,
} from '../../sessions/index.ts';
import { isForWriting } from '../files/file-owners.ts';
import { toChannel } from '../join.ts';
import type { SambaServer } from '../samba-server.ts';
import type { ClosableServer } from './closable-server.ts';
import { countDurable } from './durable-opens.ts';
import { openFilesFirst } from './files-first.ts';
import { nameFiles } from './named-files.ts';
import { type Connecting, neighboursOf } from './neighbours.ts';
import { type PartOfPlan, planParts } from './plan-parts.ts';
import { Sighting } from './sighting.ts';
import { warningsOf } from './warnings.ts';

/** So many are named for each session: of a connection with thousands, all for each would be millions. */
const maxNeighbours = 100;

/** What ending these sessions costs, as their servers' records say now. */
export function makePlan(servers: readonly ClosableServer[], locations: readonly Location[]): Promise<ClosePlan> {
  const notServed = (location: Location) => notClosable(location, 'not_served');
  return planParts(servers, locations, { format: formatLocation, planFor, notServed });
}

/** A location for which nothing would be sent. */
export function notClosable(location: Location, reason: NotClosable): PlannedClose {
  return {
    location,
    session: null,
    notClosable: reason,
    numOpens: 0,
    numOpensCertainty: 'exact',
    numOpensForWriting: null,
    files: [],
    numDurable: 0,
    numNeighbours: 0,
    neighbours: [],
    warnings: [],
  };
}

async function planFor(
  { instance, source }: ClosableServer,
  locations: readonly Location[],
): Promise<PartOfPlan<PlannedClose>> {
  const full = await source.refresh();
  const { lastRead } = source;
  const planOne = lastRead === null ? null : plannerFor(instance, lastRead, full, locations);
  const closes = locations.map((location) => {
    if (isFromSmbstatus(location)) return notClosable(location, 'from_smbstatus');
    return planOne === null ? notClosable(location, 'unreadable') : planOne(location);
  });
  return { closes, problems: full.parts[0]!.problems };
}

/** The records are looked at, and not only the list: a session can be ended before it has authenticated, too. */
function plannerFor(
  instance: number,
  server: SambaServer,
  { sessions }: Full,
  locations: readonly Location[],
): (location: Location) => PlannedClose {
  const madeAt = now();
  const sighting = new Sighting(server, madeAt);
  const listed = new Map(sessions.map((session) => [formatLocation(session.location), session]));
  const times = new Map(sessions.map(({ location }) => [location.sessionGlobalId, location.creationTime]));
  // Those who are still logging in share connections, too.
  const unlisted = sighting
    .served(({ sessionGlobalId, creationTime }) => times.get(sessionGlobalId) === creationTime)
    .map(({ sessionGlobalId, creationTime, channels }): Connecting => {
      return { location: { instance, sessionGlobalId, creationTime }, channels: channels.map(toChannel) };
    });
  const ending = new Set(locations.map(formatLocation));
  const neighbours = neighboursOf([...sessions, ...unlisted], ({ location }) => ending.has(formatLocation(location)));
  const durable = countDurable(server);
  const reason = 'nothing is sent for a plan';
  const files = openFilesFirst(server, async () => ({ verdict: 'aborted', reason }), {
    whyNot: async () => reason,
    restsNow: () => false,
  });
  return (location) => {
    const row = sighting.find(location);
    if (row === 'gone' || row === 'unreadable') return notClosable(location, row);
    const session = listed.get(formatLocation(location)) ?? null;
    const sharing = neighbours(session?.channels ?? row.channels.map(toChannel));
    const numDurable = durable.get(row.sessionGlobalId) ?? 0;
    const opened = files.filesOf(row);
    return {
      location,
      session,
      notClosable: null,
      numOpens: session?.numOpens ?? 0,
      numOpensCertainty: session?.numOpensCertainty ?? 'exact',
      numOpensForWriting: opened?.filter(isForWriting).length ?? null,
      files: nameFiles(location.instance, opened ?? []),
      numDurable,
      numNeighbours: sharing.length,
      neighbours: sharing.slice(0, maxNeighbours),
      warnings:
        session === null
          ? []
          : warningsOf(session, { madeAt, numDurable, numNeighbours: sharing.length, whyNoFiles: files.whyNot(row) }),
    };
  };
}

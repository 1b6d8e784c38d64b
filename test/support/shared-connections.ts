import {
  type Closer,
  compareLocations,
  formatLocation,
  type Location,
  type PlannedClose,
  type Session,
} from '../../src/sessions/index.ts';
import { someSession, sourceOf } from './sessions.ts';

/** A session with these shares, on these connections: each is a client's address and port. */
export function visit(id: number, shares: readonly string[], connections = [`192.0.2.7:${id}`], changes = {}): Session {
  const [first, ...others] = connections.map((connection) => {
    const [address, port] = connection.split(':');
    return { client: { address: address!, port: Number(port) }, server: null, openedAt: null };
  });
  return someSession(id, {
    treeConnects: shares.map((shareName) => ({ shareName, openedAt: null, encryption: 'none' })),
    shareNames: shares.filter((name) => name !== 'IPC$'),
    channels: [first!, ...others],
    ...changes,
  });
}

const connectionsOf = ({ channels }: Session) => channels.map(({ client }) => `${client.address}:${client.port}`);
const shares = (a: Session, b: Session) => connectionsOf(a).some((name) => connectionsOf(b).includes(name));

/** A server whose encrypted sessions take along who shares a connection; `ended` has all who have gone. */
export function world(sessions: readonly Session[], maxNamed = 100) {
  const ended = new Set<number>();
  const planOne = (location: Location, ending: ReadonlySet<string>): PlannedClose => {
    const session = sessions.find((one) => compareLocations(one.location, location) === 0) ?? null;
    const beside = sessions.filter((one) => session !== null && shares(one, session));
    const neighbours = beside.map((one) => one.location).filter((one) => !ending.has(formatLocation(one)));
    const drops = session?.encryption === 'full' && neighbours.length > 0;
    return {
      location,
      session,
      notClosable: session === null ? 'gone' : null,
      numOpens: session?.numOpens ?? 0,
      numOpensCertainty: 'exact',
      numOpensForWriting: 1,
      files: [],
      numDurable: 1,
      numNeighbours: neighbours.length,
      neighbours: neighbours.slice(0, maxNamed),
      warnings: drops ? [{ code: 'CLOSE_DROPS_CONNECTION', message: 'it drops' }] : [],
    };
  };
  const closer: Closer = {
    plan: async (locations) => {
      const ending = new Set(locations.map(formatLocation));
      return { madeAt: 1, closes: locations.map((location) => planOne(location, ending)), problems: [] };
    },
    async *close({ closes }) {
      for (const { location, notClosable, session } of closes) {
        if (notClosable === null) {
          const beside = sessions.filter((one) => session!.encryption === 'full' && shares(one, session!));
          for (const one of [session!, ...beside]) ended.add(one.location.sessionGlobalId);
        }
        const result = notClosable === null ? 'closed' : 'denied';
        yield { location, result, message: '', tookMs: null, filesClosed: 0, cameBackAs: null, cameBackAt: null };
      }
    },
  };
  return { closer, ended, source: sourceOf(sessions) };
}

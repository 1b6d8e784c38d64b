import {
  type CloseOutcome,
  type ClosePlan,
  type Closer,
  formatLocation,
  type Limits,
  type Location,
  type NotClosable,
  now,
  type PlannedClose,
  type Session,
  type SessionSource,
} from '../sessions/index.ts';
import { type Bounds, boundsOf } from './limits.ts';

/**
 * A closer that ends only sessions that are wholly within limits, and none that could take along one that is not, or one
 * that is not known. Others are `out_of_limits`, and all are `unreadable` where some records are: what can't be read may be
 * beyond. It closes only what it has planned itself, and plans it once more right before: it is made for one request.
 *
 * @param source all sessions, without limits: those who may be taken along are looked at too
 */
export function limitCloser(closer: Closer, source: SessionSource, limits: Limits): Closer {
  const bounds = boundsOf(limits);
  const approved = new Set<string>();
  const look = async (): Promise<Look> => {
    const { parts, sessions } = await source.refresh();
    return {
      isWhole: (instance) => parts.some((part) => part.instance === instance && part.verdict === 'complete'),
      sessions: new Map(sessions.map((session) => [formatLocation(session.location), session])),
    };
  };
  return {
    async plan(locations) {
      const plan = await planWithin(closer, locations, bounds, look);
      for (const { location, notClosable } of plan.closes) {
        if (notClosable === null) approved.add(formatLocation(location));
      }
      return plan;
    },
    async *close(plan, options) {
      const wanted = plan.closes.filter(({ notClosable }) => notClosable === null).map(({ location }) => location);
      const planned = wanted.filter((location) => approved.has(formatLocation(location)));
      // Since the plan a session may have gone on to what is beyond, or somebody come onto its connection.
      const { closes: again } = await planWithin(closer, planned, bounds, look);
      const now = new Map(again.map((close) => [formatLocation(close.location), close]));
      const closes = plan.closes.map((close) =>
        close.notClosable === null ? (now.get(formatLocation(close.location)) ?? refused(close.location)) : close,
      );
      for await (const outcome of closer.close({ ...plan, closes }, options)) {
        yield await hideStranger(outcome, bounds, look);
      }
    },
  };
}

/** All that is listed now. */
interface Look {
  /** Whether all of a server could be read. */
  isWhole(instance: number): boolean;
  readonly sessions: ReadonlyMap<string, Session>;
}

/**
 * Plans until nothing more is refused: what is refused is no longer ended by the plan, and so a neighbour of those that
 * are.
 */
async function planWithin(
  closer: Closer,
  locations: readonly Location[],
  bounds: Bounds,
  look: () => Promise<Look>,
): Promise<ClosePlan> {
  const wanted = new Map(locations.map((location) => [formatLocation(location), location]));
  const beyond = new Map<string, PlannedClose>();
  for (const [name, location] of wanted) {
    if (!bounds.allowsInstance(location.instance)) beyond.set(name, refused(location));
  }
  const madeAt = now();
  for (;;) {
    const left = [...wanted].filter(([name]) => !beyond.has(name)).map(([, location]) => location);
    const plan = left.length === 0 ? { madeAt, closes: [], problems: [] } : await closer.plan(left);
    const { isWhole, sessions } = await look();
    const more = plan.closes
      .map((close) =>
        plan.problems.length === 0 && isWhole(close.location.instance)
          ? whatIsBeyond(close, bounds, sessions)
          : whatIsUnreadable(close, bounds),
      )
      .filter((close) => close !== null);
    if (more.length === 0) {
      const planned = new Map(plan.closes.map((close) => [formatLocation(close.location), close]));
      const closes = [...wanted.keys()].map(
        (name) => beyond.get(name) ?? limitPlanned(planned.get(name)!, bounds, sessions),
      );
      return { ...plan, closes };
    }
    for (const close of more) beyond.set(formatLocation(close.location), close);
  }
}

/** @returns null where the plan may keep it; else what is said of it instead */
function whatIsBeyond(
  planned: PlannedClose,
  bounds: Bounds,
  sessions: ReadonlyMap<string, Session>,
): PlannedClose | null {
  const { location, session, notClosable, neighbours, numNeighbours, warnings } = planned;
  if (session === null) {
    if (notClosable === null) return refused(location);
    // It lives on, and the plan did not count it among the neighbours of the others.
    return sessions.has(formatLocation(location)) ? planned : null;
  }
  if (!bounds.holds(session)) return refused(location, bounds.view(session));
  if (notClosable !== null || warnings.every(({ code }) => code !== 'CLOSE_DROPS_CONNECTION')) return null;
  const held = neighbours.filter((name) => {
    const neighbour = sessions.get(formatLocation(name));
    return neighbour !== undefined && bounds.holds(neighbour);
  });
  return held.length === numNeighbours ? null : refused(location, session);
}

function whatIsUnreadable({ location, session, notClosable }: PlannedClose, bounds: Bounds): PlannedClose | null {
  if (notClosable !== null && session === null) return null;
  return refused(location, session && bounds.view(session), notClosable ?? 'unreadable');
}

function limitPlanned(planned: PlannedClose, bounds: Bounds, sessions: ReadonlyMap<string, Session>): PlannedClose {
  const neighbours = planned.neighbours.filter((location) => {
    const neighbour = sessions.get(formatLocation(location));
    return neighbour !== undefined && bounds.view(neighbour) !== null;
  });
  return { ...planned, neighbours };
}

function refused(
  location: Location,
  session: Session | null = null,
  notClosable: NotClosable = 'out_of_limits',
): PlannedClose {
  return {
    location,
    session,
    notClosable,
    numOpens: session?.numOpens ?? 0,
    numOpensCertainty: session?.numOpensCertainty ?? 'unknown',
    numOpensForWriting: null,
    files: [],
    numDurable: 0,
    numNeighbours: 0,
    neighbours: [],
    warnings: [],
  };
}

/** The user may have come back to something else. */
async function hideStranger(outcome: CloseOutcome, bounds: Bounds, look: () => Promise<Look>): Promise<CloseOutcome> {
  if (outcome.cameBackAs === null) return outcome;
  const session = (await look()).sessions.get(formatLocation(outcome.cameBackAs));
  const isSeen = session !== undefined && bounds.view(session) !== null;
  return isSeen ? outcome : { ...outcome, cameBackAs: null, cameBackAt: null };
}

import {
  type ClosePlan,
  type Closer,
  formatLocation,
  type Location,
  now,
  type SessionSource,
} from '../../sessions/index.ts';
import { notClosed } from './local-closer.ts';
import { notClosable } from './plan.ts';

/** Ends nothing: the sessions are those of a recording. */
export function closerOfRecording(source: SessionSource): Closer {
  return {
    plan: (locations) => plan(source, locations),
    async *close({ closes }) {
      for (const { location, notClosable: reason } of closes) yield notClosed(location, reason ?? 'recorded');
    },
  };
}

async function plan(source: SessionSource, locations: readonly Location[]): Promise<ClosePlan> {
  const madeAt = now();
  const { parts, sessions } = await source.refresh();
  const listed = new Map(sessions.map((session) => [formatLocation(session.location), session]));
  const wanted = new Map(locations.map((location) => [formatLocation(location), location]));
  const closes = [...wanted].map(([text, location]) => {
    const session = listed.get(text);
    if (session === undefined) return notClosable(location, 'gone');
    const { numOpens, numOpensCertainty } = session;
    return { ...notClosable(location, 'recorded'), session, numOpens, numOpensCertainty };
  });
  return { madeAt, closes, problems: parts.flatMap(({ problems }) => problems) };
}

import {
  type CloseOptions,
  type CloseOutcome,
  type CloseOutcomeJson,
  type ClosePlan,
  type ClosePlanJson,
  type Closer,
  formatLocation,
  fromCloseOutcomeJson,
  fromClosePlanJson,
  type Location,
} from '../sessions/index.ts';
import { readLines } from './answer-lines.ts';
import { nameOf, post, readAnswer, type ServerAddress, ServerError, send } from './connection.ts';
import { toError } from './refusal.ts';

/**
 * Closes sessions through another smbwho. A plan that is handed back counts as confirmed. Where the connection breaks, what
 * became of the sessions that nothing was said of is not known: they have failed, and their message says so.
 */
export function remoteCloser(address: ServerAddress): Closer {
  return {
    plan: (locations) => askForPlan(address, locations),
    close: (plan, options) => close(address, plan, options),
  };
}

async function askForPlan(address: ServerAddress, locations: readonly Location[]): Promise<ClosePlan> {
  const { status, body } = await post(address, '/smbwho/v1/close-plan', { locations: locations.map(formatLocation) });
  if (status !== 200) throw toError(status, body, nameOf(address));
  try {
    const plan = fromClosePlanJson(body as ClosePlanJson);
    const asked = new Set(locations.map(formatLocation));
    if (plan.closes.every(({ location }) => asked.delete(formatLocation(location))) && asked.size === 0) return plan;
  } catch {} // told below
  throw new ServerError('SERVER_ANSWER', `${nameOf(address)} plans in another form, or for other sessions`);
}

async function* close(
  address: ServerAddress,
  { closes }: ClosePlan,
  { filesFirst, watchMs, reason, signal }: CloseOptions,
): AsyncGenerator<CloseOutcome> {
  const awaited = new Map(closes.map(({ location }) => [formatLocation(location), location]));
  if (awaited.size === 0) return;
  const body = JSON.stringify({
    locations: [...awaited.keys()],
    confirmed: closes.filter(({ notClosable }) => notClosable === null).length,
    files_first: filesFirst,
    watch_ms: watchMs,
    reason,
  });
  let why = 'the answer ended early';
  try {
    const response = await send(address, { path: '/smbwho/v1/close', body, patienceMs: watchMs, signal });
    if (response.statusCode !== 200) {
      const { status, body: refusal } = await readAnswer(address, response);
      throw toError(status, refusal, nameOf(address));
    }
    for await (const line of readLines(response)) {
      const outcome = fromCloseOutcomeJson(JSON.parse(line) as CloseOutcomeJson);
      if (!awaited.delete(formatLocation(outcome.location))) throw new Error('an outcome is of no session asked for');
      yield outcome;
    }
  } catch (error) {
    if (error instanceof ServerError && error.code !== 'SERVER_LOST') throw error;
    why = (error as Error).message;
  }
  for (const location of awaited.values()) {
    const message = `not known: ${nameOf(address)} did not say what became of it: ${why}`;
    const nothing = { tookMs: null, filesClosed: 0, cameBackAs: null, cameBackAt: null };
    yield { location, result: 'failed', message, ...nothing };
  }
}

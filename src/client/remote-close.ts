import type { CloseResult } from '../sessions/index.ts';
import { readLines } from './answer-lines.ts';
import { nameOf, post, readAnswer, type ServerAddress, ServerError, send } from './connection.ts';
import { toError } from './refusal.ts';

/** What another smbwho closes: sessions, or open files. */
export interface Closing<L, Plan, Outcome> {
  readonly planPath: string;
  readonly path: string;
  /** In words. */
  readonly what: string;
  readonly format: (location: L) => string;
  /** @throws where it is of another form */
  readonly toPlan: (json: unknown) => Plan;
  /** @throws where it is of another form */
  readonly toOutcome: (json: unknown) => Outcome;
  /** What is said of one whose outcome was not told. */
  readonly failed: (outcome: { location: L; result: CloseResult; message: string; tookMs: null }) => Outcome;
}

interface Planned<L> {
  readonly closes: readonly { readonly location: L; readonly notClosable: string | null }[];
}

/** @throws ServerError */
export async function planThere<L, Plan extends Planned<L>, Outcome>(
  address: ServerAddress,
  { planPath, what, format, toPlan }: Closing<L, Plan, Outcome>,
  locations: readonly L[],
): Promise<Plan> {
  const { status, body } = await post(address, planPath, { locations: locations.map(format) });
  if (status !== 200) throw toError(status, body, nameOf(address));
  try {
    const plan = toPlan(body);
    const asked = new Set(locations.map(format));
    if (plan.closes.every(({ location }) => asked.delete(format(location))) && asked.size === 0) return plan;
  } catch {} // told below
  throw new ServerError('SERVER_ANSWER', `${nameOf(address)} plans in another form, or for other ${what}`);
}

export interface CloseWords {
  /** What the body says besides. */
  readonly body: object;
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A plan that is handed back counts as confirmed. Where the connection breaks, what became of those that nothing was said
 * of is not known: they have failed, and their message says so.
 *
 * @throws ServerError
 */
export async function* closeThere<L, Plan extends Planned<L>, Outcome extends { readonly location: L }>(
  address: ServerAddress,
  { path, format, toOutcome, failed }: Closing<L, Plan, Outcome>,
  { closes }: Plan,
  { body: words, patienceMs = 0, signal }: CloseWords,
): AsyncGenerator<Outcome> {
  const awaited = new Map(closes.map(({ location }) => [format(location), location]));
  if (awaited.size === 0) return;
  const confirmed = closes.filter(({ notClosable }) => notClosable === null).length;
  const body = JSON.stringify({ locations: [...awaited.keys()], confirmed, ...words });
  let why = 'the answer ended early';
  try {
    const response = await send(address, { path, body, patienceMs, signal });
    if (response.statusCode !== 200) {
      const { status, body: refusal } = await readAnswer(address, response);
      throw toError(status, refusal, nameOf(address));
    }
    for await (const line of readLines(response)) {
      const outcome = toOutcome(JSON.parse(line));
      if (!awaited.delete(format(outcome.location))) throw new Error('an outcome is of none that was asked for');
      yield outcome;
    }
  } catch (error) {
    if (error instanceof ServerError && error.code !== 'SERVER_LOST') throw error;
    why = (error as Error).message;
  }
  for (const location of awaited.values()) {
    const message = `not known: ${nameOf(address)} did not say what became of it: ${why}`;
    yield failed({ location, result: 'failed', message, tookMs: null });
  }
}

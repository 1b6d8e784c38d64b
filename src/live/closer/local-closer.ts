import type {
  CloseOptions,
  CloseOutcome,
  ClosePlan,
  CloseResult,
  Closer,
  NotClosable,
  PlannedClose,
} from '../../sessions/index.ts';
import { byEnd, Gate } from './by-end.ts';
import type { ClosableServer } from './closable-server.ts';
import { makePlan } from './plan.ts';
import { nothingOf, ServerCloser } from './server-closer.ts';

/** Not more are under way at once. */
const maxAtOnce = 256;

/**
 * Ends sessions of these servers, and tells before what that costs. Each is ended by one message to the smbd that serves
 * it, which names it by its id and the time at which it was made: no other one can be meant. Who stops asking for outcomes
 * has nothing more sent.
 */
export function createCloser(servers: readonly ClosableServer[]): Closer {
  return { plan: (locations) => makePlan(servers, locations), close: (plan, options) => close(servers, plan, options) };
}

async function* close(
  servers: readonly ClosableServer[],
  { closes }: ClosePlan,
  options: CloseOptions,
): AsyncGenerator<CloseOutcome, void> {
  const end = new AbortController();
  const signal = options.signal === undefined ? end.signal : AbortSignal.any([end.signal, options.signal]);
  const closers = new Map(servers.map((server) => [server.instance, new ServerCloser(server, signal)]));
  const gate = new Gate(maxAtOnce);
  const closeOne = async ({ location, notClosable }: PlannedClose): Promise<CloseOutcome> => {
    const closer = closers.get(location.instance);
    if (notClosable !== null || closer === undefined) return notClosed(location, notClosable ?? 'not_served');
    // What goes wrong with one must not keep what became of the others from being told.
    try {
      const ended = await gate.pass(() => closer.close(location, options));
      return await closer.lookOut(ended, options.watchMs).catch(() => ended.outcome);
    } catch (error) {
      return { ...nothingOf(location), result: 'failed', message: error instanceof Error ? error.message : `${error}` };
    }
  };
  try {
    yield* byEnd(closes.map(closeOne));
  } finally {
    end.abort();
  }
}

const results: Readonly<Record<NotClosable, { readonly result: CloseResult; readonly message: string }>> = {
  gone: { result: 'gone', message: 'it had already ended' },
  not_served: { result: 'failed', message: 'not found: no Samba of this number is served here' },
  out_of_limits: { result: 'denied', message: 'it, or what it would take along, is beyond what the token is for' },
  from_smbstatus: {
    result: 'refused',
    message: 'it is known from smbstatus only, which does not say exactly enough which session it is',
  },
  unreadable: { result: 'failed', message: "its server's records can't be read" },
  recorded: { result: 'refused', message: 'it is of a recording, not of a running server' },
};

/** The outcome for one that can't be closed. */
export function notClosed(location: PlannedClose['location'], reason: NotClosable): CloseOutcome {
  const { result, message } = results[reason];
  return { ...nothingOf(location), result, message: message.replace('this number', `number ${location.instance}`) };
}

import type { CloseOutcome, CloseResult, Closer, NotClosable, PlannedClose } from '../../sessions/index.ts';
import { carryOut } from './carry-out.ts';
import type { ClosableServer } from './closable-server.ts';
import { makePlan } from './plan.ts';
import { nothingOf, ServerCloser } from './server-closer.ts';

/**
 * Ends sessions of these servers, and tells before what that costs. Each is ended by one message to the smbd that serves
 * it, which names it by its id and the time at which it was made: no other one can be meant. Who stops asking for outcomes
 * has nothing more sent.
 */
export function createCloser(servers: readonly ClosableServer[]): Closer {
  return {
    plan: (locations) => makePlan(servers, locations),
    close: ({ closes }, options) =>
      carryOut(closes, options.signal, {
        begin: (signal, gate) => {
          const closers = new Map(servers.map((server) => [server.instance, new ServerCloser(server, signal)]));
          return async ({ location, notClosable }) => {
            const closer = closers.get(location.instance);
            if (notClosable !== null || closer === undefined) return notClosed(location, notClosable ?? 'not_served');
            const ended = await gate.pass(() => closer.close(location, options));
            return await closer.lookOut(ended, options.watchMs).catch(() => ended.outcome);
          };
        },
        failed: ({ location }, message) => ({ ...nothingOf(location), result: 'failed', message }),
      }),
  };
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

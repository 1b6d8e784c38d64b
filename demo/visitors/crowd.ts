import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateSamba } from '../../test/support/samba/index.ts';
import { Machine, Residence } from './machine.ts';
import { passersBy, residents, terminalUsers, type Visitor } from './scripts.ts';
import { fillShares } from './server.ts';

/** When visitors begin to come and go. Times are in milliseconds. */
export interface Invitation {
  /** How long only the residents are there. Default: 15 s. */
  readonly firstAfterMs?: number;
  /** Between two arrivals. Default: 4 s. */
  readonly everyMs?: number;
}

/** Never more than so many beside the eight who stay. */
const mostPassersBy = 10;

/**
 * Lets the residents in and returns once all eight are there; others come and go from then on, until it is disposed of.
 * A visit that fails, as all do where smbd is restarted, is over; the next one comes all the same.
 */
export async function inviteVisitors(samba: PrivateSamba, invitation: Invitation = {}): Promise<AsyncDisposable> {
  const controller = new AbortController();
  const { signal } = controller;
  fillShares(samba);
  const homes: Residence[] = [];
  let coming: Promise<void> = Promise.resolve();
  const end = async () => {
    controller.abort();
    await Promise.all([coming, ...homes.map(({ done }) => done)]);
  };
  try {
    for (const [i, visitors] of residents.entries()) {
      homes.push(await Residence.open(samba, addressOf(i), visitors, signal));
    }
  } catch (error) {
    await end();
    throw error;
  }
  coming = comeAndGo(samba, homes[0]!, invitation, signal);
  return { [Symbol.asyncDispose]: end };
}

async function comeAndGo(
  samba: PrivateSamba,
  terminal: Residence,
  { firstAfterMs = 15_000, everyMs = 4_000 }: Invitation,
  signal: AbortSignal,
): Promise<void> {
  const inside = new Set<Promise<void>>();
  const visits = [
    ...passersBy.map((visitor, i) => () => visitOnOwnMachine(samba, addressOf(residents.length + i), visitor, signal)),
    ...terminalUsers.map((visitor) => () => visit(terminal.current, visitor)),
  ];
  await pause(firstAfterMs, signal);
  for (let turn = 0; !signal.aborted; turn = (turn + 1) % visits.length) {
    if (inside.size < mostPassersBy) {
      const visit = visits[turn]!().catch(() => {});
      inside.add(visit);
      visit.then(() => inside.delete(visit));
    }
    await pause(everyMs, signal);
  }
  await Promise.all(inside);
}

async function visitOnOwnMachine(
  samba: PrivateSamba,
  localAddress: string,
  visitor: Visitor,
  signal: AbortSignal,
): Promise<void> {
  await using machine = await Machine.connect(samba, localAddress, signal);
  await visit(machine, visitor);
}

/** One login from its beginning to its end. */
async function visit(machine: Machine, visitor: Visitor): Promise<void> {
  const desk = await machine.login(visitor);
  try {
    await desk.work(visitor.steps);
  } finally {
    await desk.session.logoff();
  }
}

/** Machines are told apart by address: on loopback all of 127.0.0.0/8 is ours. */
function addressOf(machine: number): string {
  return `127.0.0.${11 + machine}`;
}

/** Waits, or stops waiting when the signal is given. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {});
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenFile, Session, Tree } from '../../test/support/smb2/index.ts';

/** One thing that a visitor does. */
export type Step = (desk: Desk) => Promise<unknown>;

/** What a visitor has in hand: a session, the share that was entered last, and the open files, newest last. */
export class Desk {
  readonly session: Session;
  /** Ends the waiting of a visitor who has to go. */
  readonly signal: AbortSignal;
  readonly files: OpenFile[] = [];
  tree: Tree | undefined;

  constructor(session: Session, signal: AbortSignal) {
    this.session = session;
    this.signal = signal;
  }

  async open(name: string, directory = false): Promise<OpenFile> {
    if (this.tree === undefined) throw new Error('a visitor opens nothing before entering a share');
    const file = await this.tree.open(name, { directory });
    this.files.push(file);
    return file;
  }

  /** Does one step after the other. */
  async work(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await step(this);
  }
}

/** Connects to a share. */
export function enter(share: string): Step {
  return async (desk) => {
    desk.tree = await desk.session.connect(share);
  };
}

/** Leaves the share that was entered last, and with it what is open there. */
export const leaveShare: Step = async (desk) => {
  await desk.tree?.disconnect();
  desk.files.length = 0;
};

/** Holds a file open. */
export function hold(name: string): Step {
  return (desk) => desk.open(name);
}

/** Holds the share's folder open, as a window that shows it does. */
export const browse: Step = (desk) => desk.open('', true);

/** Closes what was opened last. */
export const close: Step = (desk) => desk.files.pop()?.close() ?? Promise.resolve();

export function idle(seconds: number): Step {
  return (desk) => sleep(seconds * 1000, undefined, { signal: desk.signal });
}

/** Reads a file again and again, as someone who looks things up. */
export function read(name: string, times: number): Step {
  return async (desk) => {
    const file = await desk.open(name);
    for (let i = 0; i < times; i++) {
      await file.read(16);
      await idle(1)(desk);
    }
    await close(desk);
  };
}

/** Writes into a file for some seconds and closes it. */
export function write(name: string, seconds: number): Step {
  return async (desk) => {
    const file = await desk.open(name);
    for (let second = 0; second < seconds; second++) {
      await file.write(`${name}, second ${second}\n`);
      await idle(1)(desk);
    }
    await close(desk);
  };
}

import { once } from 'node:events';

/** What a worker knows of the process that started it. */
export interface Work<Options, Report> {
  readonly options: Options;
  /** True from the moment on that it should end. */
  readonly isOver: () => boolean;
  readonly onStop: (listener: () => void) => void;
  readonly say: (report: Report) => void;
}

/** The other side of `Worker`: runs `task` in this process, and ends with the process that started it. */
export async function work<Options, Report>(task: (work: Work<Options, Report>) => Promise<void>): Promise<void> {
  // Ctrl-C goes to all of us; the one who started us says how it ends.
  process.on('SIGINT', () => {});
  process.once('disconnect', () => process.exit(1));
  const [options] = await once(process, 'message');
  let isOver = false;
  let said = Promise.resolve();
  const listeners: (() => void)[] = [];
  process.on('message', () => {
    isOver = true;
    for (const listener of listeners) listener();
  });
  await task({
    options: options as Options,
    isOver: () => isOver,
    onStop: (listener) => void listeners.push(listener),
    say: (report) => {
      said = new Promise((resolve) => process.send!(report as object, () => resolve()));
    },
  });
  await said;
  // Not by running out of work: now and then Node then waits for ever for a connection that was reset.
  process.exit();
}

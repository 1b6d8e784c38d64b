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
  const abandon = () => process.exit(1);
  process.once('disconnect', abandon);
  const [options] = await once(process, 'message');
  let isOver = false;
  const listeners: (() => void)[] = [];
  process.on('message', () => {
    isOver = true;
    for (const listener of listeners) listener();
  });
  await task({
    options: options as Options,
    isOver: () => isOver,
    onStop: (listener) => void listeners.push(listener),
    say: (report) => void process.send?.(report as object),
  });
  process.off('disconnect', abandon);
  process.disconnect?.();
}

import { readFileSync } from 'node:fs';

/** How often to look whether npm, which started us, is still there. */
const lookMs = 500;

/**
 * Given when this process is told to end: by Ctrl-C, SIGTERM or SIGHUP, or by the end of the npm that started it, which
 * it would outlive where npm is killed.
 */
export function endSignal(): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  if (process.env.npm_lifecycle_event === 'start') {
    const atStart = String(lineage());
    const timer = setInterval(() => {
      if (String(lineage()) === atStart) return;
      clearInterval(timer);
      end();
    }, lookMs).unref();
  }
  return controller.signal;
}

/** The pids above us up to npm's: its shell may stand between, and be left when npm is killed. */
function lineage(): number[] {
  const pids: number[] = [];
  for (let pid = process.ppid; pid > 1; ) {
    pids.push(pid);
    const { command, parent } = readStat(pid);
    if (/^(npm|node)/.test(command)) break;
    pid = parent;
  }
  return pids;
}

/** `/proc/<pid>/stat`: pid, command in parentheses, state, parent. */
function readStat(pid: number): { command: string; parent: number } {
  try {
    const match = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return { command: match?.[1] ?? '', parent: Number(match?.[2] ?? 0) };
  } catch {
    return { command: '', parent: 0 };
  }
}

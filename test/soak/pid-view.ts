import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isAlive } from '../support/samba/index.ts';

/** Tells those of a server's pids, as its records have them, whose processes have ended. */
export type PidView = (pids: ReadonlySet<number>) => number[];

/** @param smbd a process of the server, by our pid */
export function viewPids(smbd: number): PidView {
  const namespace = namespaceOf(smbd);
  if (namespace === namespaceOf('self')) return (pids) => [...pids].filter((pid) => !isAlive(pid));
  return (pids) => {
    const known = new Set(pidsIn(namespace));
    return [...pids].filter((pid) => !known.has(pid));
  };
}

/** Those that have not been asked for by their parent yet count as there: nobody else can tell that they have ended. */
function pidsIn(namespace: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && namespaceOf(name) === namespace)
    .map(pidInside);
}

/** The pid by which a process's own namespace knows it. */
function pidInside(pid: string): number {
  try {
    const [, numbers = ''] = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(numbers.split(/\s+/).at(-1));
  } catch {
    return 0;
  }
}

function namespaceOf(pid: number | string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return '';
  }
}

import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The living processes of the session (setsid) that `leader` has begun, whether or not it still lives itself. */
export function sessionMembers(leader: number): number[] {
  return listPids().filter((pid) => sessionOf(pid) === leader);
}

/** Samba's own processes; others may well name its configuration file too. */
const sambaCommand = /^(smbd|samba|rpcd)/;

/** Samba's living processes with the root folder `root` that were started with `text` in their arguments. */
export function mentioning(text: string, root: string): number[] {
  return listPids().filter(
    (pid) =>
      sambaCommand.test(readProc(pid, 'comm') ?? '') &&
      readProc(pid, 'cmdline')?.includes(text) &&
      rootOf(pid) === root,
  );
}

/** Those that a process has started and that still live. */
export function childrenOf(pid: number): number[] {
  return (readProc(pid, `task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number).filter(isAlive);
}

/** Whether the process exists and is not defunct. */
export function isAlive(pid: number): boolean {
  return sessionOf(pid) !== undefined;
}

/** Sends a signal; a process that is gone already is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Lets our process end although the child runs on. Await what it says by polling from then on. */
export function letGo(child: ChildProcess): void {
  child.unref();
  // The streams of a child are sockets, which its types do not say.
  for (const stream of child.stdio) (stream as { unref?: () => void } | null | undefined)?.unref?.();
}

function listPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** `undefined` for a process that does not exist, or is defunct. */
function sessionOf(pid: number): number | undefined {
  // "pid (name) state ppid pgrp session ...", where the name may hold spaces and brackets.
  const stat = readProc(pid, 'stat');
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return Number(fields[3]);
}

function rootOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/root`);
  } catch {
    return undefined;
  }
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

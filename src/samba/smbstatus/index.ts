/** @module A server's own `smbstatus --json`: run under limits, and read. Only for servers whose records are not known. */
import type { SambaInstance } from '../conf/index.ts';
import { parseAnswer, type SmbstatusAnswer } from './answer.ts';
import { smbstatusCommand } from './command.ts';
import { runLimited, type SmbstatusLimits } from './run.ts';

export type { Degree, SmbstatusAnswer, SmbstatusSession } from './answer.ts';
export { SmbstatusError } from './error.ts';
export type { SmbstatusLimits } from './run.ts';

/**
 * Asks a running server's smbstatus. It takes Samba's locks, and time and memory with the square of the number of sessions:
 * never more than one at a time, and not often.
 *
 * @param stop ends it before its time
 * @throws SmbstatusError SMBSTATUS_UNAVAILABLE, SMBSTATUS_TOO_SLOW, SMBSTATUS_TOO_LARGE, SMBSTATUS_FAILED, SMBSTATUS_STOPPED
 */
export async function askSmbstatus(
  instance: SambaInstance,
  limits: SmbstatusLimits,
  stop: AbortSignal,
): Promise<SmbstatusAnswer> {
  return parseAnswer(await runLimited(smbstatusCommand(instance), limits, stop));
}

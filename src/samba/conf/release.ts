import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { promisify } from 'node:util';

const timeoutMs = 3000;

/**
 * What the binary of a running smbd says of itself with `-V`, for `doctor` alone: everything else goes by the bytes.
 *
 * @returns `4.17.12-Debian`; null where it can't be asked, as for a server in a root folder of its own, whose libraries
 * are not ours
 */
export async function askRelease(pid: number, root: string): Promise<string | null> {
  if (root !== '') return null;
  try {
    const binary = readlinkSync(`/proc/${pid}/exe`);
    const { stdout } = await promisify(execFile)(binary, ['-V'], { timeout: timeoutMs, env: {} });
    return /^Version (\S+)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

import { loadLibc } from './libc.ts';

/** PR_SET_DUMPABLE */
const setDumpable = 4;

/**
 * Keeps the memory of this process, which has secrets, out of core dumps and from other processes of its user.
 *
 * @returns null, or why that could not be done
 */
export async function makeUndumpable(): Promise<string | null> {
  try {
    const libc = await loadLibc();
    return libc.prctl(setDumpable, 0) === 0 ? null : libc.lastError();
  } catch (error) {
    return (error as Error).message;
  }
}

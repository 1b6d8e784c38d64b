import { AccessError } from '../../sessions/index.ts';
import { broken } from './chain.ts';

/** Of SQLite's codes those that speak of what is in the file: ERROR (as of a table that is not there), CORRUPT, NOTADB. */
const ofContent: ReadonlySet<number> = new Set([1, 11, 26]);

/** @throws AccessError AUDIT_BROKEN for what was not written so; STATE_UNUSABLE where it can't be read, as while it is locked */
export function attemptRead<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw toReadError(error as Error & { readonly errcode?: number });
  }
}

function toReadError(error: Error & { readonly errcode?: number }): AccessError {
  const { message, errcode } = error;
  if (error instanceof AccessError) return error;
  if (errcode === undefined || ofContent.has(errcode & 0xff)) return broken(message, error);
  const advice = 'others may hold it, or it needs a folder that can be written into';
  return new AccessError('STATE_UNUSABLE', `the record can't be read: ${message}; ${advice}`, { cause: error });
}

import { readU32 } from '../bytes/index.ts';
import type { TdbHeader } from './header.ts';
import { recordHeaderBytes, recordState } from './record.ts';

/**
 * Visits every live record of a whole file in the order of the bytes, which no torn link can cut short.
 *
 * @returns the offset of the first bytes that are no record, or null where the walk came to the end
 */
export function walkRecords(bytes: Buffer, header: TdbHeader, visit: (at: number) => void): number | null {
  let at = header.baseBytes + header.dataStartBytes;
  // The file grows in steps: a last piece too small for a record header is not used yet.
  while (at + recordHeaderBytes <= bytes.length) {
    const state = recordState(bytes, at, header.hasOldHash);
    if (state === 'broken') return at;
    if (state === 'live') visit(at);
    at += recordHeaderBytes + readU32(bytes, at + 4);
  }
  return null;
}

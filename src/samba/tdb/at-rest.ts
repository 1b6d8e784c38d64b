import { DecodeError } from '../bytes/index.ts';
import { BufferPool, TdbFile } from './file.ts';
import { parseHeader } from './header.ts';
import { type RecordPlace, recordPlace } from './record.ts';
import { walkRecords } from './walk.ts';

const maxTries = 3;

/**
 * Visits every record of a database that is written now and then only, as that of accounts. Key and data are lent for the
 * length of a call; then they are overwritten.
 *
 * @throws DecodeError where the file is no TDB that can be read, or does not hold still: TDB_BAD_CHAIN
 * @throws the system's error where it can't be opened or read
 */
export function visitAtRest(path: string, visit: (key: Buffer, data: Buffer) => void): void {
  using file = new TdbFile(path);
  const pool = new BufferPool();
  for (let tries = 0; tries < maxTries; tries++) {
    const bytes = file.readWhole(pool);
    try {
      const places: RecordPlace[] = [];
      const stuckAt = walkRecords(bytes, parseHeader(bytes, 'any'), (at) => places.push(recordPlace(bytes, at)));
      if (stuckAt !== null || !file.holds(bytes)) continue;
      for (const { keyAt, dataAt, dataEnd } of places) {
        visit(bytes.subarray(keyAt, dataAt), bytes.subarray(dataAt, dataEnd));
      }
      return;
    } finally {
      pool.give(bytes);
      pool.clear();
    }
  }
  throw new DecodeError('TDB_BAD_CHAIN', 'the file does not hold still', 0);
}

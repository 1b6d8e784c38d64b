import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DecodeError } from '../../../src/samba/bytes/index.ts';
import { ByteRangeLockDecoder, LeaseDecoder, ShareModeDecoder } from '../../../src/samba/records/index.ts';
import { parseHeader } from '../../../src/samba/tdb/header.ts';
import type { RecordDecoder } from '../../../src/samba/tdb/index.ts';
import { recordPlace } from '../../../src/samba/tdb/record.ts';
import { walkRecords } from '../../../src/samba/tdb/walk.ts';
import { tdbImage } from '../tdb/index.ts';
import { recordServer, retry } from './record-server.ts';

/** The files of a server that say what is open, in the order in which they are to be copied. There is no key in them. */
const databases: Readonly<Record<string, () => RecordDecoder<string, unknown>>> = {
  'locking.tdb': () => new ShareModeDecoder(),
  'brlock.tdb': () => new ByteRangeLockDecoder(),
  'leases.tdb': () => new LeaseDecoder(),
};

export const fileDatabaseNames = Object.keys(databases);

/** Copies what a running server's lock directory says of its open files and its sessions into a new folder. */
export async function recordOpenFiles(lockDirectory: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of fileDatabaseNames) {
    const copy = await retry(async () => liveRecords(name, await readFile(join(lockDirectory, name))));
    await writeFile(join(folder, name), copy);
  }
  await recordServer(lockDirectory, folder);
}

/** The records of one of these files that holds still, and a decoder that has found their layout. */
export function readFileDatabase(name: string, bytes: Buffer) {
  const records: { readonly key: string; readonly keyBytes: Buffer; readonly data: Buffer }[] = [];
  const decoder = databases[name]!();
  const stuckAt = walkRecords(bytes, parseHeader(bytes), (at) => {
    const { keyAt, dataAt, dataEnd } = recordPlace(bytes, at);
    const key = decoder.keyOf(bytes, keyAt, dataAt - keyAt);
    if (key === undefined) return;
    const [keyBytes, data] = [bytes.subarray(keyAt, dataAt), bytes.subarray(dataAt, dataEnd)].map(Buffer.from);
    records.push({ key, keyBytes: keyBytes!, data: data! });
  });
  if (stuckAt !== null) throw new DecodeError('TDB_BAD_CHAIN', 'no record stands here: it is being written', stuckAt);
  decoder.choose(records.map(({ key, data }) => ({ key, bytes: data, dataAt: 0, dataEnd: data.length })));
  return { records, decoder };
}

/** A fresh file with the live records and nothing else. */
function liveRecords(name: string, bytes: Buffer): Buffer {
  const { records, decoder } = readFileDatabase(name, bytes);
  for (const { key, data } of records) decoder.decode(data, 0, data.length, key);
  return tdbImage(
    records.map(({ keyBytes, data }) => [keyBytes, data] as const),
    { slackBytes: 0 },
  ).bytes;
}

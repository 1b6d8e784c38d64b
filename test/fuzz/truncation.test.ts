import { expect, test } from 'vitest';
import { DecodeError } from '../../src/samba/bytes/index.ts';
import { loadCorpus } from './corpus.ts';
import { makeDecoder, type SessionKind, sessionKinds } from './kinds.ts';

const corpus = loadCorpus();

/** The records of each server, those that several have alike only once. */
function* distinctRecords(kind: SessionKind) {
  const seen = new Set<string>();
  for (const server of corpus) {
    const records = server[kind].records.map((record) => ({ ...record, bytes: record.data, key: record.id }));
    const decoder = makeDecoder(kind);
    decoder.choose(records.map(({ key, bytes }) => ({ key, bytes, dataAt: 0, dataEnd: bytes.length })));
    for (const { key, bytes } of records) {
      const text = bytes.toString('latin1');
      if (!seen.has(text)) yield { decoder, key, bytes, name: `${server[kind].name}, record ${key}` };
      seen.add(text);
    }
  }
}

test.each(sessionKinds)(
  'no beginning of a %s record, recorded or packed, is a record',
  (kind) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const wrong: string[] = [];
    for (const { decoder, key, bytes, name } of distinctRecords(kind)) {
      for (let end = 0; end < bytes.length; end++) {
        try {
          decoder.decode(bytes, 0, end, key);
          wrong.push(`${name}: ${end} of ${bytes.length} bytes`);
        } catch (error) {
          if (!(error instanceof DecodeError)) wrong.push(`${name}: ${end} of ${bytes.length} bytes: ${error}`);
        }
      }
    }
    Error.stackTraceLimit = stackTraceLimit;
    expect(wrong).toEqual([]);
  },
  60_000,
);

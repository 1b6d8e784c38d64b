import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DecodeError, type DecodeErrorCode, readU32 } from '../../src/samba/bytes/index.ts';
import { type BatchOptions, familyNames, runBatch } from './batch.ts';
import { loadCorpus } from './corpus.ts';
import { type Decoder, type Kind, makeDecoder, type Value } from './kinds.ts';
import { count, emptyTally, type Tally } from './tally.ts';
import { withoutWaits } from './without-waits.ts';

const seed = 20_261_124;
/** Some seconds even where the machine is busy. */
const timeoutMs = 60_000;
const corpus = loadCorpus();
const { stackTraceLimit } = Error;
let waits: Disposable;

beforeAll(() => {
  waits = withoutWaits();
  Error.stackTraceLimit = 0; // most of the time would go into the stacks of errors that are meant
});

afterAll(() => {
  waits[Symbol.dispose]();
  Error.stackTraceLimit = stackTraceLimit;
});

/** All that is wrong with how some batches were read, and their sums. */
async function fuzz(
  batches: number,
  options: Partial<BatchOptions>,
): Promise<{ readonly tally: Tally; readonly faults: readonly string[] }> {
  const tally = emptyTally();
  const faults: string[] = [];
  for (let batch = 0; batch < batches; batch++) {
    for await (const judged of runBatch({ seed, batch, corpus, ...options })) {
      count(tally, judged);
      const where = `${judged.seed}, batch ${batch}, input ${judged.index} (${judged.applied.join(', ')}): `;
      faults.push(...judged.outcome.faults.map((fault) => where + fault));
    }
  }
  return { tally, faults };
}

describe('broken files', () => {
  test.each(familyNames.map((family) => [family, family === 'server' ? 1 : 20] as const))(
    '%s: documented errors, or what the file says',
    async (only, batches) => {
      const { tally, faults } = await fuzz(batches, { only });
      expect(faults).toEqual([]);
      expect(tally.inputs).toBe(50 * batches);
      expect(tally.pastHeader).toBeGreaterThan(0.2 * tally.inputs);
      expect(tally.decoded).toBeGreaterThan(0.05 * tally.inputs);
    },
    timeoutMs,
  );

  test('a seed and a number make the same input again', async () => {
    const of = async (batch: number) => {
      const all = [];
      for await (const { applied, files, outcome } of runBatch({ seed, batch, corpus })) {
        all.push([applied, Buffer.concat(files).toString('hex'), outcome]);
      }
      return all;
    };
    const first = await of(7);
    expect(await of(7)).toEqual(first);
    expect(await of(8)).not.toEqual(first);
  });
});

type Decode = Decoder['decode'];

/** A decoder with a fault in it; `decode` is handed the right one. */
function faulty(kind: Kind, decode: (well: Decode) => Decode): Decoder {
  const decoder = makeDecoder(kind);
  return Object.assign(decoder, { decode: decode(decoder.decode.bind(decoder)) });
}

const faults: Readonly<Record<string, readonly [string, (kind: Kind) => Decoder]>> = {
  'an error that is none of ours': [
    'it threw TypeError',
    (kind) =>
      faulty(kind, (well) => (bytes, at, end, key) => {
        if (end - at < 100) throw new TypeError('undefined is not a function');
        return well(bytes, at, end, key);
      }),
  ],
  'an undocumented code': [
    'NOT_DOCUMENTED',
    (kind) =>
      faulty(kind, (well) => (bytes, at, end, key) => {
        if (Number(key) % 2 === 0) throw new DecodeError('NOT_DOCUMENTED' as DecodeErrorCode, 'even', 0);
        return well(bytes, at, end, key);
      }),
  ],
  'one record shown as another': [
    'what stands nowhere under its key',
    (kind) => {
      let first: Value | undefined;
      return faulty(kind, (well) => (bytes, at, end, key) => {
        const value = well(bytes, at, end, key);
        first ??= value;
        return first;
      });
    },
  ],
  'a record passed over': [
    'passed over in silence',
    (kind) => {
      const decoder = makeDecoder(kind);
      const keyOf = decoder.keyOf.bind(decoder);
      return Object.assign(decoder, {
        keyOf: (bytes: Buffer, at: number, length: number) =>
          bytes[at + 3]! % 2 === 0 ? undefined : keyOf(bytes, at, length),
      });
    },
  ],
  'a broken record that hides whole ones': [
    'is not shown as it is',
    (kind) => {
      let isSpoilt = false;
      return faulty(kind, (well) => (bytes, at, end, key) => {
        if (isSpoilt) throw new DecodeError('RECORD_BAD_VALUE', 'spoilt', 0);
        try {
          return well(bytes, at, end, key);
        } catch (error) {
          isSpoilt = true;
          throw error;
        }
      });
    },
  ],
  'a reader that does not recover': [
    'with broken files behind',
    (kind) => {
      let failures = 0;
      return faulty(kind, (well) => (bytes, at, end, key) => {
        try {
          return well(bytes, at, end, failures > 20 ? `${key}1` : key);
        } catch (error) {
          failures++;
          throw error;
        }
      });
    },
  ],
  'memory taken because a file says so': [
    'bytes of buffers for a file of',
    (kind) =>
      faulty(kind, (well) => (bytes, at, end, key) => {
        if (end - at >= 20) Buffer.allocUnsafeSlow(readU32(bytes, at + 8) % 2 ** 24);
        return well(bytes, at, end, key);
      }),
  ],
};

describe('the judge finds', () => {
  test.each(Object.entries(faults))('%s', async (_, [expected, decoder]) => {
    const found = await fuzz(6, { only: 'record', decoder });
    expect(found.faults.filter((fault) => fault.includes(expected))).not.toEqual([]);
  });
});

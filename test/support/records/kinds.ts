import {
  decodeOpenGlobal,
  decodeSessionGlobal,
  decodeTconGlobal,
  type Layout,
} from '../../../src/samba/records/index.ts';
import type { StructDecoder } from '../../../src/samba/records/layout-decoder.ts';
import { claimCases, openCases, sessionCases, tconCases } from './cases.ts';
import { expectedOpen, expectedSession, expectedTcon } from './expected.ts';
import { packOpen, packSessionGlobal, packTcon } from './pack-records.ts';

/** One kind of record: its cases, and how they are packed and decoded. */
interface Kind<R extends { readonly id: number }> {
  readonly cases: Readonly<Record<string, R>>;
  readonly pack: (layout: Layout, record: R) => Buffer;
  readonly decode: StructDecoder<unknown>;
  readonly expected: (layout: Layout, record: R) => unknown;
}

const session = { pack: packSessionGlobal, decode: decodeSessionGlobal, expected: expectedSession };

/** Every kind, for tests that run over them all. */
export const recordKinds = {
  sessions: kind({ cases: sessionCases, ...session }),
  /** Sessions that only layouts with claims can hold. */
  claims: kind({ cases: claimCases, ...session }),
  tcons: kind({ cases: tconCases, pack: packTcon, decode: decodeTconGlobal, expected: expectedTcon }),
  opens: kind({ cases: openCases, pack: packOpen, decode: decodeOpenGlobal, expected: expectedOpen }),
} as const;

export type RecordKind = keyof typeof recordKinds;

interface AnyCase {
  readonly title: string;
  readonly key: number;
  readonly pack: (layout: Layout) => Buffer;
  readonly expected: (layout: Layout) => unknown;
}

interface AnyKind {
  readonly decode: StructDecoder<unknown>;
  readonly cases: readonly AnyCase[];
}

/** Forgets the type of the record. */
function kind<R extends { readonly id: number }>({ cases, pack, decode, expected }: Kind<R>): AnyKind {
  return {
    decode,
    cases: Object.entries(cases).map(([title, record]) => ({
      title,
      key: record.id,
      pack: (layout) => pack(layout, record),
      expected: (layout) => expected(layout, record),
    })),
  };
}

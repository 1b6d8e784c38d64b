import type { Full } from '../../src/sessions/index.ts';
import type { Judged } from './batch.ts';
import type { SeedServer } from './corpus.ts';
import { documentedCodes } from './documented.ts';
import { headerCodes, type Outcome } from './judge.ts';
import { sessionKinds } from './kinds.ts';
import type { Random } from './random.ts';
import { FuzzedServer } from './server.ts';

export interface ServerBatchOptions {
  readonly random: Random;
  readonly inputs: number;
  readonly corpus: readonly SeedServer[];
  readonly onInput?: (index: number) => void;
}

/** Reads the files of one server broken in many ways, as the program reads a server, and then the good ones again. */
export async function* runServerBatch(options: ServerBatchOptions): AsyncGenerator<Judged> {
  const { random, inputs, corpus } = options;
  const good = random.pick(corpus);
  using server = new FuzzedServer(good, corpus);
  const isKept = random.chance(0.4);
  let faults = await server.begin();
  for (let index = 0; index < inputs; index++) {
    const input = server.make(random);
    options.onInput?.(index);
    const reading = await server.read(input, isKept);
    const outcome = outcomeOf(reading.full);
    faults.push(...reading.faults, ...outcome.faults);
    if (index === inputs - 1) faults.push(...(await server.end()));
    const files = sessionKinds.map((kind) => input.files[kind]);
    yield {
      index,
      family: 'server',
      applied: input.applied,
      seed: good.session.name,
      outcome: { ...outcome, faults },
      files,
      cost: { reads: 0, bytesAllocated: 0, fileBytes: Math.max(...files.map(({ length }) => length)) },
    };
    faults = [];
  }
}

function outcomeOf(full: Full | null): Outcome {
  const codes = full?.parts.flatMap(({ problems }) => problems.map(({ code }) => code)) ?? [];
  const isUnread = full === null || full.parts.some(({ takenAt }) => takenAt === null);
  return {
    thrown: isUnread ? (codes[0] ?? 'thrown') : null,
    problems: isUnread ? [] : codes,
    isPastHeader: !codes.some((code) => headerCodes.has(code)),
    isDecoded: (full?.sessions.length ?? 0) > 0,
    isTampered: false,
    faults: codes.filter((code) => !documentedCodes.has(code)).map((code) => `a problem with the code ${code}`),
  };
}

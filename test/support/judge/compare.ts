import type { OpenFile, Session } from '../../../src/sessions/index.ts';
import { type JudgedFile, toJudgedFile } from './judged-files.ts';
import type { JudgedSession, JudgedTree, Judgement } from './judgement.ts';
import { type Difference, listedDifferences } from './listed-differences.ts';
import { toJudged, toJudgedTrees } from './our-rows.ts';

/** What was compared, in numbers, and what came of it. */
export interface Comparison {
  /** Of the judge's, like the two below. */
  readonly sessions: number;
  readonly treeConnects: number;
  readonly opens: number;
  /** Values that both sides say. */
  readonly fields: number;
  /** Faults: none is listed. */
  readonly differences: readonly Difference[];
  /** Names of `listedDifferences`, one for each that was met. */
  readonly listed: readonly string[];
}

/** Compares every session, tree connect and open, field by field. */
export function compareWithJudge(sessions: readonly Session[], judgement: Judgement): Comparison {
  const hasIds = judgement.sessions.some(({ id }) => id !== undefined);
  const compared = [
    compareRows<JudgedSession>(
      {
        of: 'session',
        name: 'user',
        identify: ({ id, pid, uid, client }) => (hasIds ? id : `${pid} ${uid} ${client}`),
      },
      sessions.map((session) => ({ row: toJudged(session), session })),
      judgement.sessions,
    ),
    compareRows<JudgedTree>(
      {
        of: 'tree connect',
        name: 'share',
        identify: ({ sessionId, pid, share }) => `${hasIds ? sessionId : pid} ${share}`,
      },
      sessions.flatMap((session) => toJudgedTrees(session).map((row) => ({ row, session }))),
      judgement.trees,
    ),
    compareOpens(sessions, judgement.opens),
  ];
  const found = compared.flatMap(({ differences }) => differences);
  const reasonOf = (difference: Difference) => listedDifferences.find(({ covers }) => covers(difference));
  return {
    sessions: judgement.sessions.length,
    treeConnects: judgement.trees.length,
    opens: judgement.opens.length,
    fields: compared.reduce((sum, { fields }) => sum + fields, 0),
    differences: found.filter((difference) => reasonOf(difference) === undefined),
    listed: found.map((difference) => reasonOf(difference)?.name).filter((name) => name !== undefined),
  };
}

interface Compared {
  readonly fields: number;
  readonly differences: readonly Difference[];
}

interface Ours<R> {
  readonly row: Required<R>;
  readonly session?: Session;
  readonly file?: OpenFile;
}

/** What is compared, the field that names it, and what makes two rows the same thing. */
interface Kind<R> {
  readonly of: Difference['of'];
  readonly name: keyof R & string;
  readonly identify: (row: R) => unknown;
}

/** Field by field, those that the judge says. A row without its like is one difference, in the field that names it. */
function compareRows<R extends object>(kind: Kind<R>, ours: readonly Ours<R>[], theirs: readonly R[]): Compared {
  const { of, name, identify } = kind;
  const said = Object.keys(theirs[0] ?? {}) as (keyof R & string)[];
  // Several rows may be one thing, as two tree connects to one share: they are paired by the rest of them.
  const textOf = (row: R) => JSON.stringify(said.map((field) => row[field]));
  const ourGroups = Map.groupBy(
    sortBy(ours, ({ row }) => textOf(row)),
    ({ row }) => identify(row),
  );
  const theirGroups = Map.groupBy(sortBy(theirs, textOf), identify);
  let fields = 0;
  const differences: Difference[] = [];
  for (const id of new Set([...ourGroups.keys(), ...theirGroups.keys()])) {
    const [own = [], other = []] = [ourGroups.get(id), theirGroups.get(id)];
    for (let i = 0; i < Math.max(own.length, other.length); i++) {
      const isPair = own[i] !== undefined && other[i] !== undefined;
      for (const field of isPair ? said : [name]) {
        if (isPair) fields++;
        const { session, file } = own[i] ?? {};
        const difference = { of, field, ours: own[i]?.row[field], theirs: other[i]?.[field], session, file };
        if (difference.ours !== difference.theirs) differences.push(difference);
      }
    }
  }
  return { fields, differences };
}

/** What was compared of open files, in numbers, and what came of it. */
export interface FileComparison extends Compared {
  /** Of the judge's. */
  readonly files: number;
  /** Names of `listedDifferences`, one for each that was met. */
  readonly listed: readonly string[];
}

/** Compares every open of a file, field by field. */
export function compareFilesWithJudge(files: readonly OpenFile[], judged: readonly JudgedFile[]): FileComparison {
  const hasIds = judged.some(({ shareFileId }) => shareFileId !== undefined);
  const { fields, differences } = compareRows<JudgedFile>(
    {
      of: 'open file',
      name: 'path',
      identify: ({ pid, shareFileId, path }) => (hasIds ? `${pid} ${shareFileId}` : `${pid} ${path}`),
    },
    files.map((file) => ({ row: toJudgedFile(file), file })),
    judged,
  );
  const reasonOf = (difference: Difference) => listedDifferences.find(({ covers }) => covers(difference));
  return {
    files: judged.length,
    fields,
    differences: differences.filter((difference) => reasonOf(difference) === undefined),
    listed: differences.map((difference) => reasonOf(difference)?.name).filter((name) => name !== undefined),
  };
}

/** By process, since the opens of a share with `force user` are another user's to the judge. */
function compareOpens(sessions: readonly Session[], theirs: Judgement['opens']): Compared {
  const ourProcesses = Map.groupBy(sessions, ({ pid }) => pid);
  const theirProcesses = Map.groupBy(theirs, ({ pid }) => pid);
  const pids = new Set([...ourProcesses.keys(), ...theirProcesses.keys()]);
  const differences = [...pids].map((pid): Difference => {
    const own = ourProcesses.get(pid) ?? [];
    const isExact = own.every(({ numOpensCertainty }) => numOpensCertainty === 'exact');
    const ours = own.reduce((sum, { numOpens }) => sum + numOpens, 0);
    const field = isExact ? 'count' : 'upper bound';
    return { of: 'opens of a process', field, ours, theirs: theirProcesses.get(pid)?.length ?? 0 };
  });
  return { fields: pids.size, differences: differences.filter(({ ours, theirs }) => ours !== theirs) };
}

function sortBy<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const texts = new Map(items.map((item) => [item, textOf(item)]));
  return items.toSorted((a, b) => (texts.get(a)! < texts.get(b)! ? -1 : 1));
}

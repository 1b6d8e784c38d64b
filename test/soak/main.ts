// npm run soak -- [--release 4.17,4.25] [--minutes 20] [--seed 1] [--in-turn]
import { parseArgs } from 'node:util';
import { noSamba } from '../support/requirements.ts';
import { ensureSuite, type Release, releases } from '../support/suites/index.ts';
import type { Condition } from './conditions.ts';
import { runRelease } from './release-run.ts';

const usage = 'npm run soak -- [--release 4.17,4.25] [--minutes 20] [--seed N] [--in-turn]';

interface Choice {
  readonly releases: readonly Release[];
  readonly seconds: number;
  readonly seed: number;
  /** One release after the other instead of side by side. */
  readonly inTurn: boolean;
}

const choice = parseChoice();
if (choice === null || noSamba !== null) {
  console.error(noSamba ?? usage);
  process.exitCode = 2;
} else {
  await soak(choice);
}

function parseChoice(): Choice | null {
  try {
    const { values } = parseArgs({
      options: {
        release: { type: 'string', default: '4.17,4.25' },
        minutes: { type: 'string', default: '20' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        'in-turn': { type: 'boolean', default: false },
      },
    });
    const names = values.release.split(',');
    const [seconds, seed] = [Number(values.minutes) * 60, Number(values.seed)];
    const isKnown = (name: string): name is Release => releases.some((release) => release === name);
    if (!names.every(isKnown) || !(seconds > 0) || !Number.isSafeInteger(seed)) return null;
    return { releases: names, seconds, seed, inTurn: values['in-turn'] };
  } catch {
    return null;
  }
}

async function soak({ releases: wanted, seconds, seed, inTurn }: Choice): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const startedAt = performance.now();
  const log = (release: Release, line: string) => {
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} ${release} ${line}`);
  };
  const run = async (release: Release): Promise<Condition[]> => {
    try {
      const { root } = await ensureSuite(release, (line) => log(release, line));
      const say = (line: string) => log(release, line);
      return await runRelease({ root, seconds, seed, signal: interrupted.signal, log: say });
    } catch (error) {
      console.error(error);
      return [{ name: `${release}: ${(error as Error).message}`, holds: false }];
    }
  };
  console.log(`seed ${seed}`);
  const conditions: Condition[] = [];
  if (inTurn) for (const release of wanted) conditions.push(...(await run(release)));
  else conditions.push(...(await Promise.all(wanted.map(run))).flat());
  const failed = conditions.filter(({ holds }) => !holds).length;
  if (interrupted.signal.aborted) console.log('interrupted: what was not finished is not counted');
  console.log(`${conditions.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || interrupted.signal.aborted ? 1 : 0;
}

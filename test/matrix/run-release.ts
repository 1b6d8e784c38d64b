import { startVitest } from 'vitest/node';
import type { Comparison, FileComparison } from '../support/judge/index.ts';
import type { Suite } from '../support/suites/index.ts';

/** The tests whose outcome may depend on Samba's release; the rest of test/e2e is about our own start and texts. */
const tests = [
  'sessions',
  'files',
  'files-churn',
  'share-modes',
  'serve',
  'commands',
  'no-locks',
  'start-recording',
  'shares',
].map((name) => `test/e2e/${name}.test.ts`);

export interface ReleaseResult {
  /** As smbd says it: `4.17.12-Debian`. Null where nothing was compared. */
  readonly release: string | null;
  readonly suite: Suite;
  readonly passed: number;
  /** Skipped tests too: where a release is tested, all that it takes is there. */
  readonly failed: number;
  /** Null where the test that compares did not get that far. */
  readonly comparison: Comparison | null;
  readonly fileComparison: FileComparison | null;
}

/** What test/e2e/sessions.test.ts and files.test.ts tell of themselves. */
interface Told {
  readonly release: string;
  readonly comparison: Comparison;
  readonly fileComparison: FileComparison;
}

/** Runs them on the Samba of a suite. */
export async function runRelease(suite: Suite): Promise<ReleaseResult> {
  process.env.SMBWHO_TEST_ROOT = suite.root ?? '/'; // the tests' own processes have ours
  const vitest = await startVitest(tests, { run: true, watch: false, project: ['real'], reporters: ['default'] });
  try {
    const modules = vitest.state.getTestModules();
    const cases = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = cases.filter((test) => test.result().state === 'passed').length;
    const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = groups.filter((group) => group.errors().length > 0).length;
    const told: Partial<Told> = Object.assign({}, ...cases.map((test) => test.meta()));
    const isOther = told.release?.startsWith(`${suite.release}.`) !== true || modules.length < tests.length;
    return {
      release: told.release ?? null,
      suite,
      passed,
      failed: cases.length - passed + broken + Number(isOther),
      comparison: told.comparison ?? null,
      fileComparison: told.fileComparison ?? null,
    };
  } finally {
    await vitest.close();
  }
}

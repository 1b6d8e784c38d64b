import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints each skipped test with its reason, then one closing line of figures for the whole run. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const cases = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: ReturnType<TestCase['result']>['state']) =>
      cases.filter((test) => test.result().state === state).length;
    // A hook that fails leaves its tests skipped: the suite is what failed.
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const brokenSuites = suites.filter((suite) => suite.errors().length > 0).length;
    for (const test of cases) {
      const result = test.result();
      if (result.state === 'skipped') console.log(`skipped: ${test.fullName}: ${result.note ?? 'no reason given'}`);
    }
    const skipped = count('skipped');
    const tail = skipped === 0 ? '' : `, ${skipped} skipped`;
    console.log(`${count('passed')} passed, ${count('failed') + brokenSuites} failed${tail}`);
  }
}

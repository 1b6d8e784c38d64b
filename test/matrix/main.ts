import { parseArgs } from 'node:util';
import { ensureSuite, type Release, releases } from '../support/suites/index.ts';
import { recordFixture } from './record-fixture.ts';
import { formatTable } from './result-table.ts';
import { type ReleaseResult, runRelease } from './run-release.ts';

/**
 * The tests that depend on Samba's release, on each of them: `main.ts [--record] [release…]`, by default all. With
 * `--record`, test/fixtures/<release> is made anew instead. As root.
 */
const { values, positionals } = parseArgs({ options: { record: { type: 'boolean' } }, allowPositionals: true });
const unknown = positionals.filter((name) => !releases.includes(name as Release));
if (unknown.length > 0) {
  console.error(`no release to test: ${unknown.join(', ')}; there are ${releases.join(', ')}`);
  process.exit(2);
}
const wanted = positionals.length > 0 ? (positionals as Release[]) : releases;
const log = (line: string) => console.log(line);

const results: ReleaseResult[] = [];
let failed = 0;
for (const release of wanted) {
  console.log(`\n== Samba ${release}`);
  try {
    const suite = await ensureSuite(release, log);
    if (values.record) log(`recorded ${await recordFixture(suite)}`);
    else results.push(await runRelease(suite));
  } catch (error) {
    console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
    failed++;
  }
}
if (!values.record) {
  console.log(`\n${formatTable(results)}\n`);
  failed += results.reduce((sum, result) => sum + result.failed, 0);
  console.log(`${results.reduce((sum, { passed }) => sum + passed, 0)} passed, ${failed} failed`);
}
process.exitCode = failed > 0 ? 1 : 0;

import { beforeEach, describe, expect, test } from 'vitest';
import { type ChurnResult, runChurn } from '../soak/churn-phase.ts';
import { judgeChurn, judgeOutages } from '../soak/conditions.ts';
import { runOutages } from '../soak/outage-phase.ts';
import { noSamba } from '../support/requirements.ts';

const patienceMs = 100_000;

/** The soak in small: so many answers and kills, whatever time they take. */
describe.concurrent('lists under churn', { timeout: 1.2 * patienceMs }, () => {
  beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

  const snapshots = 50;
  const isEnough = ({ local, api, churn, torment }: ChurnResult) =>
    local.findings.answers >= snapshots &&
    api.contract.answers >= 20 &&
    churn.logins >= 100 &&
    churn.bindings > 0 &&
    churn.halfLogins > 0 &&
    torment.kills >= 2 &&
    torment.stops >= 2;

  test.each([
    ['of this machine', false],
    ['in a pid namespace of its own', true],
  ])('of a server %s: no steady session is missing or changed, none of a dead process is there', async (_, ownPids) => {
    const result = await runChurn({
      server: { root: null, ownPids },
      force: { seed: 1, clients: 8, loginsPerSecond: 80, killEvery: 2, pauseMs: 5 },
      steady: 40,
      isEnough,
      signal: AbortSignal.timeout(patienceMs),
    });
    const goal = { snapshots, loginsPerSecond: 0, isLong: false };
    expect(failed(judgeChurn(result, goal)), examplesOf(result)).toEqual([]);
  });

  test('of a server that is restarted, killed, beheaded and stopped: right or absent, never wrong', async () => {
    const result = await runOutages({
      server: { root: null, ownPids: true },
      seed: 1,
      steady: 20,
      answers: 2,
      isEnough: () => true,
      signal: AbortSignal.timeout(patienceMs),
    });
    expect(failed(judgeOutages(result)), [...result.local.examples, ...result.api.examples].join('\n')).toEqual([]);
  });
});

function failed(conditions: ReturnType<typeof judgeChurn>): string[] {
  return conditions.filter(({ holds }) => !holds).map(({ name }) => name);
}

function examplesOf({ local, api }: ChurnResult): string {
  return [local.findings, api.own, api.contract].flatMap(({ examples }) => examples).join('\n');
}

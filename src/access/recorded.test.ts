import { expect, test } from 'vitest';
import { memoryAudit } from '../../test/support/api.ts';
import { doRecorded, type Intent } from './index.ts';

const intent: Intent = {
  operation: 'token_revoke',
  actor: { name: 'root', accountId: null, tokenId: null, from: 'this machine' },
  target: '1',
  user: 'admin',
  reason: null,
  cost: null,
  message: 'backup',
};
const begun = { ...intent, outcome: 'begun', begunAs: null };
const fail = () => {
  throw new Error('disk full');
};

test('what is done is recorded as begun before, and as done after', async () => {
  const log = memoryAudit();
  const result = await doRecorded(log, intent, async () => {
    expect(log.events).toEqual([begun]);
    return 7;
  });
  expect([result, log.events]).toEqual([7, [begun, { ...intent, outcome: 'done', begunAs: 1 }]]);
});

test('what fails is recorded as failed', async () => {
  const log = memoryAudit();
  await expect(doRecorded(log, intent, fail)).rejects.toThrow('disk full');
  expect(log.events).toEqual([begun, { ...intent, outcome: 'failed', message: 'disk full', begunAs: 1 }]);
});

test('what can not be recorded is not done; what was done, stays done', async () => {
  let times = 0;
  const count = () => ++times;
  await expect(doRecorded(memoryAudit(fail), intent, count)).rejects.toThrow('disk full');
  expect(times).toBe(0);
  const log = memoryAudit(({ outcome }) => outcome !== 'begun' && fail());
  expect(await doRecorded(log, intent, count)).toBe(1);
});

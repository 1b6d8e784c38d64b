import { expect, test } from 'vitest';
import { memoryAudit } from '../../../test/support/api.ts';
import { fileCloserOf, someFile, strayFile, writing } from '../../../test/support/files.ts';
import { AccessError, type Actor, formatFileLocation } from '../../sessions/index.ts';
import { auditFileCloses, auditFilePlans } from './audited-closer.ts';

const actor: Actor = { name: 'carol', accountId: '3000000001', tokenId: '7', from: '192.0.2.9' };
const files = [someFile(1, { accessMask: writing }), someFile(2, { stream: 'notes' }), strayFile(3)];
const locations = files.map(({ location }) => location);
const [first, second, third] = locations.map(formatFileLocation);

test('a close of files is in the record before anything is sent: which file, whose, and what became of it', async () => {
  const log = memoryAudit();
  const closer = fileCloserOf(files, {}, () => {
    expect(log.events.filter(({ outcome }) => outcome === 'begun')).toHaveLength(3);
    return {};
  });
  const audited = auditFileCloses(closer, log, actor);
  const outcomes = await Array.fromAsync(audited.close(await audited.plan(locations), { reason: 'moved' }));
  expect(outcomes.map(({ result }) => result)).toEqual(['closed', 'closed', 'closed']);
  expect(log.events[0]).toEqual({
    operation: 'smb_close_handle',
    actor,
    target: first,
    user: 'alice',
    reason: 'moved',
    cost: { opens: 1, opensForWriting: 1, neighbours: 0 },
    outcome: 'begun',
    message: '/srv/docs/file 1.txt',
    begunAs: null,
  });
  expect(
    log.events.map(({ target, user, outcome, message, begunAs }) => [target, user, outcome, message, begunAs]),
  ).toEqual([
    [first, 'alice', 'begun', '/srv/docs/file 1.txt', null],
    [second, 'alice', 'begun', '/srv/docs/file 2.txt:notes', null],
    [third, 'uid:20001', 'begun', '/srv/docs/file 3.txt', null],
    [first, 'alice', 'closed', '', 1],
    [second, 'alice', 'closed', '', 2],
    [third, 'uid:20001', 'closed', '', 3],
  ]);
  expect(closer.reasons).toEqual(['moved']);
});

test("a close that can't be recorded is not asked for, nor is a plan seen", async () => {
  const full = new AccessError('AUDIT_UNWRITABLE', 'the disk is full');
  const log = memoryAudit(() => {
    throw full;
  });
  const closer = fileCloserOf(files);
  const plan = await closer.plan(locations);
  await expect(Array.fromAsync(auditFileCloses(closer, log, actor).close(plan, {}))).rejects.toBe(full);
  await expect(auditFilePlans(closer, log, actor).plan(locations)).rejects.toBe(full);
  expect(closer.closed).toEqual([]);
});

test('that nobody waits for any more has nothing more sent, and its outcomes recorded', async () => {
  const log = memoryAudit();
  const closer = fileCloserOf(files);
  const audited = auditFileCloses(closer, log, actor);
  for await (const _ of audited.close(await audited.plan(locations), {})) break;
  expect(closer.closed).toEqual([first]);
  expect(log.events.slice(3).map(({ target, outcome }) => [target, outcome])).toEqual([
    [first, 'closed'],
    [second, 'failed'],
    [third, 'failed'],
  ]);
});

test('a plan is in the record with what it would cost', async () => {
  const log = memoryAudit();
  const closer = fileCloserOf(files);
  await auditFilePlans(closer, log, actor).plan([...locations, { ...locations[0]!, instance: 2 }]);
  await auditFilePlans(closer, log, actor).plan(locations.slice(1, 2));
  expect(log.events.map(({ operation, target, user, cost }) => [operation, target, user, cost])).toEqual([
    ['smb_plan_close_handle', '4', null, { opens: 3, opensForWriting: 1, neighbours: 0 }],
    ['smb_plan_close_handle', second, 'alice', { opens: 1, opensForWriting: 0, neighbours: 0 }],
  ]);
});

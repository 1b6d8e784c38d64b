import { expect, test } from 'vitest';
import { someEvent } from '../../../test/support/audit/index.ts';
import { AccessError, type AuditLog } from '../../sessions/index.ts';
import { logAudit } from './logged-audit.ts';

const hash = 'ab'.repeat(32);
const recording: AuditLog = { append: async (events) => events.map((_, i) => ({ seq: i + 1, hash })) };
const full = new AccessError('AUDIT_UNWRITABLE', 'the disk is full');

function logged(log: AuditLog) {
  const lines: unknown[] = [];
  return { lines, log: logAudit(log, (fields, message) => lines.push({ ...fields, msg: message })) };
}

test('each entry but what has only begun has its line', async () => {
  const { lines, log } = logged(recording);
  const closed = someEvent({ outcome: 'closed', message: '', begunAs: 1 });
  const login = someEvent({ operation: 'rest_login', target: null, outcome: 'done' });
  expect(await log.append([someEvent(), closed, login])).toHaveLength(3);
  expect(lines).toEqual([
    {
      operation: 'smb_close_session',
      seq: 2,
      hash,
      by: 'admin',
      account: '500',
      token: '1',
      from: '192.0.2.7',
      location: closed.target,
      user: 'alice',
      reason: closed.reason,
      result: 'closed',
      message: '',
      msg: 'smb_close_session',
    },
    expect.objectContaining({ seq: 3, target: null, result: 'done', msg: 'rest_login' }),
  ]);
});

test('what could not be recorded has its line where it happened all the same', async () => {
  const { lines, log } = logged({ append: () => Promise.reject(full) });
  const events = [
    someEvent(),
    someEvent({ operation: 'token_create', outcome: 'done' }),
    someEvent({ operation: 'rest_denied', target: '/v1/x', outcome: 'denied' }),
    someEvent({ outcome: 'closed', begunAs: 4 }),
  ];
  for (const event of events) await expect(log.append([event])).rejects.toBe(full);
  expect(lines).toMatchObject([
    { operation: 'rest_denied', seq: null, hash: null, target: '/v1/x' },
    { operation: 'smb_close_session', seq: null, result: 'closed' },
  ]);
});

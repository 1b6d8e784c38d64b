import type { AuditEvent } from '../../../src/sessions/index.ts';

/** An event with plain values, and what a test says otherwise. */
export function someEvent(changes: Partial<AuditEvent> = {}): AuditEvent {
  return {
    operation: 'smb_close_session',
    actor: { name: 'admin', accountId: '500', tokenId: '1', from: '192.0.2.7' },
    target: '1.1.134400300000000000',
    user: 'alice',
    reason: 'left "open"\n\u001b[31m\ud800',
    cost: { opens: 2, opensForWriting: null, neighbours: 0 },
    outcome: 'begun',
    message: null,
    begunAs: null,
    ...changes,
  };
}

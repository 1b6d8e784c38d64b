import type { FastifyRequest } from 'fastify';
import type { Actor, AuditEvent, AuditLog, AuditOperation } from '../sessions/index.ts';

/** Who asks, as the record has it. No account is called `?`: it is somebody who did not say who, or not rightly. */
export function actorOf(request: FastifyRequest): Actor {
  const { principal } = request;
  return {
    name: principal?.name ?? '?',
    accountId: principal?.accountId ?? null,
    tokenId: principal?.tokenId ?? null,
    from: request.address ?? 'this machine',
  };
}

/** Something that is done, and what a route says otherwise. */
export function eventOf(operation: AuditOperation, actor: Actor, changes: Partial<AuditEvent>): AuditEvent {
  return {
    operation,
    actor,
    target: null,
    user: null,
    reason: null,
    cost: null,
    outcome: 'done',
    message: null,
    begunAs: null,
    ...changes,
  };
}

/** Records that something was refused. That the record can't be written does not make it allowed. */
export async function recordDenial(
  audit: AuditLog,
  operation: AuditOperation,
  request: FastifyRequest,
  changes: Partial<AuditEvent>,
): Promise<void> {
  try {
    await audit.append([eventOf(operation, actorOf(request), { outcome: 'denied', ...changes })]);
  } catch (error) {
    request.log.error(error);
  }
}

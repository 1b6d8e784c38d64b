import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Actor, AuditEvent, AuditLog, AuditOperation } from '../sessions/index.ts';

/** The client's IP address, bare; null where the request came through a socket in the file system. */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string | null {
  // A proxy may say anything of who is behind it.
  const address = [ip, socket.remoteAddress].find((text) => isIP(text ?? '') !== 0);
  return address?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '') ?? null;
}

/** Who asks, as the record has it. No account is called `?`: it is somebody who did not say who, or not rightly. */
export function actorOf(request: FastifyRequest): Actor {
  const { principal } = request;
  return {
    name: principal?.name ?? '?',
    accountId: principal?.accountId ?? null,
    tokenId: principal?.tokenId ?? null,
    from: addressOf(request) ?? 'this machine',
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

/**
 * Does what has been recorded. Where it then fails, that is recorded too, as far as it can be.
 *
 * @throws AccessError AUDIT_UNWRITABLE: it was not done; and what doing it throws
 */
export async function doRecorded<T>(audit: AuditLog, event: AuditEvent, act: () => T | Promise<T>): Promise<T> {
  const [receipt] = await audit.append([event]);
  try {
    return await act();
  } catch (error) {
    const failed = { ...event, outcome: 'failed', message: (error as Error).message, begunAs: receipt!.seq };
    await audit.append([failed]).catch(() => undefined);
    throw error;
  }
}

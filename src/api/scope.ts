import type { FastifyRequest } from 'fastify';
import { auditCloses, auditPlans, limitCloser, limitSource } from '../access/index.ts';
import type { Actor, AuditLog, CloseOutcome, Closer } from '../sessions/index.ts';
import { actorOf } from './events.ts';
import type { RecordedCloser, RouteServices, Scope, Services } from './services.ts';
import { refresh } from './session-list.ts';

/** Takes from the routes what they could forget to limit, or to record. */
export function toRouteServices(services: Services): RouteServices {
  const { source, directory: _, closer: __, ...others } = services;
  const running = new Set<Promise<void>>();
  return {
    ...others,
    for: (request) => scopeOf(request, services, running),
    closesEnd: () => Promise.all(running),
    isReady: async () => {
      try {
        await refresh(source);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function scopeOf(request: FastifyRequest, services: Services, running: Set<Promise<void>>): Scope {
  const { principal } = request;
  if (principal === null) throw new Error('this route asks for no token, so it may read nothing');
  const { audit, directory } = services;
  const { limits } = principal;
  const actor = actorOf(request);
  const source = limits === null ? services.source : limitSource(services.source, limits);
  const closer = limits === null ? services.closer : limitCloser(services.closer, services.source, limits);
  return {
    source,
    directory,
    planner: auditPlans(closer, audit, actor),
    closer: recordCloses(closer, audit, actor, running),
  };
}

function recordCloses(closer: Closer, audit: AuditLog, actor: Actor, running: Set<Promise<void>>): RecordedCloser {
  return {
    plan: (locations) => closer.plan(locations),
    async begin(plan, options) {
      const { promise: begun, resolve } = Promise.withResolvers<void>();
      // Whoever records asks the closer itself only after that.
      const told: Closer = {
        plan: (locations) => closer.plan(locations),
        close: (...words) => {
          resolve();
          return closer.close(...words);
        },
      };
      const outcomes = auditCloses(told, audit, actor).close(plan, options)[Symbol.asyncIterator]();
      const first = outcomes.next();
      await Promise.race([begun, first]);
      return resume(first, outcomes, running);
    },
  };
}

async function* resume(
  first: Promise<IteratorResult<CloseOutcome>>,
  rest: AsyncIterator<CloseOutcome>,
  running: Set<Promise<void>>,
): AsyncGenerator<CloseOutcome> {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  running.add(ended);
  try {
    for (let next = await first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
    running.delete(ended);
    resolve();
  }
}

import type { FastifyRequest } from 'fastify';
import { auditCloses, auditPlans, limitCloser, limitSource } from '../access/index.ts';
import type { Actor, AuditLog, CloseOutcome, Closer } from '../sessions/index.ts';
import { actorOf } from './events.ts';
import { RunningCloses } from './running-closes.ts';
import type { RecordedCloser, RouteServices, Scope, Services } from './services.ts';
import { refresh } from './session-list.ts';

/** So long an answer holds that strangers may ask for as often as they like, in ms. */
const readyMs = 1000;

/** Takes from the routes what they could forget to limit, or to record. */
export function toRouteServices(services: Services): RouteServices {
  const { source, directory: _, closer: __, ...others } = services;
  const running = new RunningCloses();
  return {
    ...others,
    for: (request) => scopeOf(request, services, running),
    stopCloses: () => running.stop(),
    closesEnd: () => running.end(),
    isReady: holdFor(readyMs, () =>
      refresh(source).then(
        () => true,
        () => false,
      ),
    ),
  };
}

/** The same answer for all who ask before it is there, or not long after. */
function holdFor<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let held: Promise<T> | undefined;
  const forget = () => {
    held = undefined;
  };
  return () => {
    held ??= ask().finally(() => setTimeout(forget, ms).unref());
    return held;
  };
}

function scopeOf(request: FastifyRequest, services: Services, running: RunningCloses): Scope {
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

function recordCloses(closer: Closer, audit: AuditLog, actor: Actor, running: RunningCloses): RecordedCloser {
  return {
    plan: (locations) => closer.plan(locations),
    async begin(plan, options) {
      const end = running.add();
      try {
        const { promise: begun, resolve } = Promise.withResolvers<void>();
        // Whoever records asks the closer itself only after that.
        const told: Closer = {
          plan: (locations) => closer.plan(locations),
          close: (...words) => {
            resolve();
            return closer.close(...words);
          },
        };
        const signal =
          options.signal === undefined ? running.signal : AbortSignal.any([running.signal, options.signal]);
        const outcomes = auditCloses(told, audit, actor)
          .close(plan, { ...options, signal })
          [Symbol.asyncIterator]();
        const first = outcomes.next();
        await Promise.race([begun, first]);
        return resume(first, outcomes, end);
      } catch (error) {
        end();
        throw error;
      }
    },
  };
}

async function* resume(
  first: Promise<IteratorResult<CloseOutcome>>,
  rest: AsyncIterator<CloseOutcome>,
  end: () => void,
): AsyncGenerator<CloseOutcome> {
  try {
    for (let next = await first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
    end();
  }
}

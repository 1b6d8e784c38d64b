import type { FastifyRequest } from 'fastify';
import {
  auditCloses,
  auditFileCloses,
  auditFilePlans,
  auditPlans,
  limitCloser,
  limitFileCloser,
  limitFileSource,
  limitShares,
  limitSource,
} from '../access/index.ts';
import type { Limits } from '../sessions/index.ts';
import { actorOf } from './events.ts';
import { RunningCloses } from './running-closes.ts';
import type { RouteServices, Scope, Services } from './services.ts';
import { refresh } from './session-list.ts';

/** So long an answer holds that strangers may ask for as often as they like, in ms. */
const readyMs = 1000;

/** Takes from the routes what they could forget to limit, or to record. */
export function toRouteServices(services: Services): RouteServices {
  const { source, directory: _, closer: __, files: ___, fileCloser: ____, shares: _____, ...others } = services;
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
  const within = limits === null ? services : limitServices(services, limits);
  const { closer, fileCloser } = within;
  return {
    source: within.source,
    directory,
    planner: auditPlans(closer, audit, actor),
    closer: {
      plan: (locations) => closer.plan(locations),
      begin: (plan, options) =>
        begin(running, options, (given, onBegun) =>
          auditCloses(telling(closer, onBegun), audit, actor).close(plan, given),
        ),
    },
    files: within.files,
    filePlanner: auditFilePlans(fileCloser, audit, actor),
    fileCloser: {
      plan: (locations) => fileCloser.plan(locations),
      begin: (plan, options) =>
        begin(running, options, (given, onBegun) =>
          auditFileCloses(telling(fileCloser, onBegun), audit, actor).close(plan, given),
        ),
    },
    shares: within.shares,
  };
}

function limitServices(services: Services, limits: Limits) {
  const { source, closer, files, fileCloser, shares } = services;
  return {
    source: limitSource(source, limits),
    closer: limitCloser(closer, source, limits),
    files: limitFileSource(files, limits),
    fileCloser: limitFileCloser(fileCloser, limits),
    shares: limitShares(shares, limits),
  };
}

interface Ends<L, Plan, Options, Outcome> {
  plan(locations: L): Promise<Plan>;
  close(plan: Plan, options: Options): AsyncIterable<Outcome>;
}

/** The same closer, which says when it is asked to close: whoever records does so only after that. */
function telling<L, Plan, Options, Outcome>(closer: Ends<L, Plan, Options, Outcome>, onBegun: () => void) {
  return {
    plan: (locations: L) => closer.plan(locations),
    close: (plan: Plan, options: Options) => {
      onBegun();
      return closer.close(plan, options);
    },
  };
}

/** Returns once it has been recorded what is to be closed. */
async function begin<Options extends { readonly signal?: AbortSignal }, Outcome>(
  running: RunningCloses,
  options: Options,
  close: (options: Options, onBegun: () => void) => AsyncIterable<Outcome>,
): Promise<AsyncIterable<Outcome>> {
  const end = running.add();
  try {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const signal = options.signal === undefined ? running.signal : AbortSignal.any([running.signal, options.signal]);
    const outcomes = close({ ...options, signal }, resolve)[Symbol.asyncIterator]();
    const first = outcomes.next();
    await Promise.race([begun, first]);
    return resume(first, outcomes, end);
  } catch (error) {
    end();
    throw error;
  }
}

async function* resume<Outcome>(
  first: Promise<IteratorResult<Outcome>>,
  rest: AsyncIterator<Outcome>,
  end: () => void,
): AsyncGenerator<Outcome> {
  try {
    for (let next = await first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
    end();
  }
}

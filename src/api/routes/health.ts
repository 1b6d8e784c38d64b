import Type from 'typebox';
import { ApiError } from '../errors.ts';
import type { Api, RouteServices } from '../services.ts';

/** A refresh that takes longer than this is no readiness. */
const readyMs = 2000;

/** Liveness and readiness. Neither needs a token; neither shows data. */
export function health(api: Api, services: RouteServices): void {
  const ok = Type.Object({ status: Type.Literal('ok') });
  const alive = {
    operationId: 'isAlive',
    summary: 'The process lives',
    tags: ['Server'],
    security: [],
    response: { 200: ok },
  };
  api.get('/healthz', { schema: alive, config: { privilege: 'none' } }, async () => ({ status: 'ok' as const }));

  const ready = {
    operationId: 'isReady',
    summary: 'Sessions can be read',
    tags: ['Server'],
    security: [],
    response: { 200: ok, 503: Type.Ref('Error') },
  };
  api.get('/readyz', { schema: ready, config: { privilege: 'none' } }, async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, readyMs, false);
    });
    // What exactly is wrong is for those with a token: GET /smbwho/v1/sessions says it.
    const isReady = await Promise.race([services.isReady(), late]);
    clearTimeout(timer);
    if (!isReady) throw new ApiError('samba_unavailable_error', 'the sessions can not be read now');
    return { status: 'ok' as const };
  });
}

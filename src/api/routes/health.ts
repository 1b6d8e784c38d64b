import Type from 'typebox';
import { ApiError } from '../errors.ts';
import type { Api, Services } from '../services.ts';
import { refresh } from '../session-list.ts';

/** A refresh that takes longer than this is no readiness. */
const readyMs = 2000;

/** Liveness and readiness. Neither needs a token; neither shows data. */
export function health(api: Api, { source }: Services): void {
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
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, readyMs, null);
    });
    // What exactly is wrong is for those with a token: GET /smbwho/v1/sessions says it.
    const full = await Promise.race([refresh(source).catch(() => null), late]);
    clearTimeout(timer);
    if (full === null) throw new ApiError('samba_unavailable_error', 'the sessions can not be read now');
    return { status: 'ok' as const };
  });
}

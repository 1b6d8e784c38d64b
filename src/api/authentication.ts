import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AuditLog, Principal, Privilege, TokenVerifier } from '../sessions/index.ts';
import { ApiError } from './errors.ts';
import { recordDenial } from './events.ts';
import { type FailureLimit, limitFailures, tooMany } from './failure-limit.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the bearer must be allowed; `any`: a valid token is enough; `none`: no token at all. */
    privilege?: Privilege | 'any' | 'none';
  }
  interface FastifyRequest {
    /** Who asks, on every route that needs a token. */
    principal: Principal | null;
  }
  interface FastifyInstance {
    /** Every route, and what it asks for. */
    routeTable: readonly RouteRow[];
  }
}

export interface RouteRow {
  readonly method: string;
  readonly url: string;
  readonly privilege: Privilege | 'any' | 'none';
}

/** A client that polls with an old token is told so every second of a minute, and no more. */
const failuresPerMinute = 60;
const tooManyWrong = 'too many tokens from this address that are none';

/**
 * Checks the bearer's token before anything else of a request is looked at. A route without a privilege is an error. A good
 * token is good from any address; who has shown too many that are none is told to wait.
 */
export function authenticate(app: FastifyInstance, verifier: TokenVerifier, audit: AuditLog): void {
  const rows: RouteRow[] = [];
  const failures = limitFailures(app, failuresPerMinute);
  app.decorate('routeTable', rows);
  app.addHook('onRoute', ({ method, url, config }) => {
    const privilege = config?.privilege;
    if (privilege === undefined) throw new Error(`route ${url} declares no privilege`);
    rows.push(...[method].flat().map((each) => ({ method: each, url, privilege })));
  });
  app.decorateRequest('principal', null);
  app.addHook('onRequest', async (request) => {
    const privilege = request.routeOptions.config.privilege ?? 'none';
    if (privilege === 'none') return;
    const principal = await verify(request, verifier);
    if (principal instanceof ApiError) throw await refuse(request, principal, audit, failures);
    request.principal = principal;
    if (privilege !== 'any' && !principal.privileges.includes(privilege)) {
      const message = `${privilege} is needed, which ${principal.name} does not have`;
      await recordDenial(audit, 'rest_denied', request, { target: routeOf(request), message });
      throw new ApiError('privilege_error', message);
    }
  });
}

/** The bearer's token; null where there is none, or in another form. */
export function bearerOf({ headers }: FastifyRequest): string | null {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

async function verify(request: FastifyRequest, verifier: TokenVerifier): Promise<Principal | ApiError> {
  const token = bearerOf(request);
  if (token !== null)
    return (await verifier.verify(token)) ?? unauthorized('the token is not known here, or no longer');
  const found =
    request.headers.authorization === undefined
      ? 'there is no Authorization header'
      : 'the Authorization header is of another form';
  return unauthorized(`${found}; it must be "Bearer access-v1:…"`);
}

/** Who shows no token at all guesses none: that is neither counted nor recorded. */
async function refuse(
  request: FastifyRequest,
  refusal: ApiError,
  audit: AuditLog,
  failures: FailureLimit,
): Promise<ApiError> {
  if (request.headers.authorization === undefined) return refusal;
  const retryAfter = await failures.count(request);
  const message = retryAfter === null ? refusal.message : tooManyWrong;
  await recordDenial(audit, 'rest_denied', request, { target: routeOf(request), message });
  return retryAfter === null ? refusal : tooMany(tooManyWrong, retryAfter);
}

/** What is at the path, not the path itself: what a stranger writes there is in no record. */
function routeOf({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url}`;
}

function unauthorized(message: string): ApiError {
  return new ApiError('bad_token_error', message, { 'www-authenticate': 'Bearer realm="smbwho"' });
}

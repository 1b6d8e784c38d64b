import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal, Privilege, TokenVerifier } from '../sessions/index.ts';
import { ApiError } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the bearer must be allowed; `any`: a valid token is enough; `none`: no token at all. */
    privilege?: Privilege | 'any' | 'none';
  }
  interface FastifyRequest {
    /** Who asks, on every route that needs a token. */
    principal: Principal | null;
  }
}

/** Checks the bearer's token before anything else of a request is looked at. A route without a privilege is an error. */
export function authenticate(app: FastifyInstance, verifier: TokenVerifier): void {
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.privilege === undefined) throw new Error(`route ${url} declares no privilege`);
  });
  app.decorateRequest('principal', null);
  app.addHook('onRequest', async (request) => {
    const privilege = request.routeOptions.config.privilege ?? 'none';
    if (privilege === 'none') return;
    request.principal = await verify(request, verifier);
    if (privilege !== 'any' && !request.principal.privileges.includes(privilege)) {
      throw new ApiError('privilege_error', `${privilege} is needed, which ${request.principal.name} does not have`);
    }
  });
}

async function verify(request: FastifyRequest, verifier: TokenVerifier): Promise<Principal> {
  const header = request.headers.authorization;
  const token = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
  if (token === undefined) {
    const found =
      header === undefined ? 'there is no Authorization header' : 'the Authorization header is of another form';
    throw unauthorized(`${found}; it must be "Bearer access-v1:…"`);
  }
  const principal = await verifier.verify(token);
  if (principal === null) throw unauthorized('the token is not known here, or no longer');
  return principal;
}

function unauthorized(message: string): ApiError {
  return new ApiError('bad_token_error', message, { 'www-authenticate': 'Bearer realm="smbwho"' });
}

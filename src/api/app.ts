import querystring from 'node:querystring';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import type { TokenVerifier } from '../sessions/index.ts';
import { authenticate } from './authentication.ts';
import { answerBrokenHttp, answerExpectation } from './broken-http.ts';
import { answerFrameworkError, handleErrors } from './error-handler.ts';
import { ApiError } from './errors.ts';
import { health } from './routes/health.ts';
import { identityFind } from './routes/identity-find.ts';
import { smbSessions } from './routes/smb-sessions.ts';
import { smbSessionsClose } from './routes/smb-sessions-close.ts';
import { smbwhoClose } from './routes/smbwho-close.ts';
import { smbwhoClosePlan } from './routes/smbwho-close-plan.ts';
import { smbwhoSession } from './routes/smbwho-session.ts';
import { smbwhoSessions } from './routes/smbwho-sessions.ts';
import { version } from './routes/version.ts';
import { whoAmI } from './routes/who-am-i.ts';
import { sharedSchemas } from './schemas.ts';
import type { Api, Services } from './services.ts';

export interface AppOptions extends Services {
  readonly verifier: TokenVerifier;
  /** PEM texts; without them the app speaks plain HTTP and checks the Host header. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  /** Where pino logs to, and from which level on; null: nowhere. */
  readonly logger: { readonly level: string; readonly stream: { write(line: string): void } } | null;
}

const routes: readonly ((api: Api, services: Services) => void)[] = [
  smbSessions,
  smbSessionsClose,
  smbwhoSessions,
  smbwhoSession,
  smbwhoClosePlan,
  smbwhoClose,
  identityFind,
  version,
  whoAmI,
  health,
];

/** Known clients keep one connection and do not retry on a lost one. */
const keepAliveMs = 150_000;
const requestMs = 60_000;
const bodyLimitBytes = 4 * 1024 * 1024;
/** Names and addresses that lead nowhere but to this machine. */
const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Builds the API. It does not listen: `app.listen` does, or `app.inject` asks without a socket. */
export async function buildApp(options: AppOptions): Promise<Api> {
  const app = Fastify({
    logger: options.logger ?? false,
    ...listenerOptions(options.tls),
    keepAliveTimeout: keepAliveMs,
    requestTimeout: requestMs,
    bodyLimit: bodyLimitBytes,
    routerOptions: { ignoreTrailingSlash: true, querystringParser: parseQuery },
    rewriteUrl: ({ url = '/' }) => (url.startsWith('/api/v1/') ? url.slice('/api'.length) : url),
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: answerFrameworkError,
    return503OnClosing: true,
    forceCloseConnections: true,
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as Api;
  app.server.on('checkExpectation', (request, response) => answerExpectation(request, response));
  // A schema serialiser would be slower on long lists; the presenters name every field that goes out.
  app.setSerializerCompiler(() => JSON.stringify);
  handleErrors(app as unknown as FastifyInstance);
  authenticate(app as unknown as FastifyInstance, options.verifier);
  if (options.tls === null) checkHost(app);
  for (const schema of sharedSchemas) app.addSchema(schema);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'smbwho',
        description: 'Who is on this Samba server: the SMB session API of Qumulo Core, and more under /smbwho/v1.',
        version: options.build.version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This server' }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    refResolver: { buildLocalReference: (schema, _base, _fragment, i) => String(schema.$id ?? `schema-${i}`) },
  });
  await app.register(async (api) => {
    for (const add of routes) add(api as unknown as Api, options);
    api.get('/openapi.json', { schema: { hide: true }, config: { privilege: 'none' } }, async () => app.swagger());
  });
  await app.ready();
  return app;
}

/** A request without a Host gets our own answer, which has a body. */
function listenerOptions(tls: AppOptions['tls']) {
  const requireHostHeader = false;
  if (tls === null) return { http: { requireHostHeader } };
  return { https: { ...tls, minVersion: 'TLSv1.2' as const, requireHostHeader } };
}

/** One known client writes `?limit=10&?identity=x`: a name is read without its leading question mark. */
function parseQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(querystring.parse(text))) query[name.replace(/^\?+/, '')] = value;
  return query;
}

/** On plain HTTP a web page elsewhere could reach us under a name of its own that resolves to loopback. */
function checkHost(app: Api): void {
  app.addHook('onRequest', async ({ headers }) => {
    if (!loopbackHost.test(headers.host ?? '')) {
      throw new ApiError(
        'host_not_allowed_error',
        'on plain HTTP the Host header must be localhost, 127.0.0.1 or [::1]',
      );
    }
  });
}

import type { Server as TlsServer } from 'node:https';
import querystring from 'node:querystring';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import { logAudit } from '../access/index.ts';
import type { TokenVerifier } from '../sessions/index.ts';
import { authenticate } from './authentication.ts';
import { answerBrokenHttp, answerExpectation } from './broken-http.ts';
import { noteAddresses } from './client-address.ts';
import { answerFrameworkError, handleErrors } from './error-handler.ts';
import { checkHost, type HostRules } from './host-check.ts';
import { takeEmptyBodies } from './json-body.ts';
import { countRepeats } from './repeats.ts';
import { accessTokensCreate } from './routes/access-tokens-create.ts';
import { accessTokensDelete } from './routes/access-tokens-delete.ts';
import { accessTokensList } from './routes/access-tokens-list.ts';
import { health } from './routes/health.ts';
import { identityFind } from './routes/identity-find.ts';
import { sessionLogin } from './routes/session-login.ts';
import { sessionLogout } from './routes/session-logout.ts';
import { sessionRoles } from './routes/session-roles.ts';
import { smbFiles } from './routes/smb-files.ts';
import { smbFilesClose } from './routes/smb-files-close.ts';
import { smbSessions } from './routes/smb-sessions.ts';
import { smbSessionsClose } from './routes/smb-sessions-close.ts';
import { smbShare } from './routes/smb-share.ts';
import { smbShares } from './routes/smb-shares.ts';
import { smbwhoClose } from './routes/smbwho-close.ts';
import { smbwhoClosePlan } from './routes/smbwho-close-plan.ts';
import { smbwhoFile } from './routes/smbwho-file.ts';
import { smbwhoFiles } from './routes/smbwho-files.ts';
import { smbwhoFilesClose } from './routes/smbwho-files-close.ts';
import { smbwhoFilesClosePlan } from './routes/smbwho-files-close-plan.ts';
import { smbwhoSession } from './routes/smbwho-session.ts';
import { smbwhoSessions } from './routes/smbwho-sessions.ts';
import { smbwhoShares } from './routes/smbwho-shares.ts';
import { smbwhoTokens } from './routes/smbwho-tokens.ts';
import { version } from './routes/version.ts';
import { whoAmI } from './routes/who-am-i.ts';
import { sharedSchemas } from './schemas.ts';
import { toRouteServices } from './scope.ts';
import type { Api, RouteServices, Services } from './services.ts';

export interface AppOptions extends Services {
  readonly verifier: TokenVerifier;
  /** PEM texts; null: plain HTTP, and the Host header is checked. */
  readonly tls: Pems | null;
  readonly hosts: HostRules;
  /** Addresses and networks of proxies, which are believed in what they forward for whom; others are not. */
  readonly trustedProxies: readonly string[];
  /** Whether it serves a socket in the file system: who comes through it is of this machine, and has no address. */
  readonly isLocal: boolean;
  /** Where pino logs to, and from which level on; null: nowhere. */
  readonly logger: { readonly level: string; readonly stream: { write(line: string): void } } | null;
}

export interface Pems {
  readonly key: string;
  readonly cert: string;
}

const routes: readonly ((api: Api, services: RouteServices) => void)[] = [
  smbSessions,
  smbSessionsClose,
  smbwhoSessions,
  smbwhoSession,
  smbwhoClosePlan,
  smbwhoClose,
  smbFiles,
  smbFilesClose,
  smbwhoFiles,
  smbwhoFile,
  smbwhoFilesClosePlan,
  smbwhoFilesClose,
  smbShares,
  smbShare,
  smbwhoShares,
  identityFind,
  sessionLogin,
  sessionLogout,
  sessionRoles,
  whoAmI,
  accessTokensList,
  accessTokensCreate,
  accessTokensDelete,
  smbwhoTokens,
  version,
  health,
];

/** Known clients keep one connection and do not retry on a lost one. */
const keepAliveMs = 150_000;
const requestMs = 60_000;
/** Of bodies that name many sessions, see `close-call.ts`, it is another one. */
const bodyLimitBytes = 64 * 1024;
/** More characters than a location of an open file can have. */
const longestLocation = 200;
const minVersion = 'TLSv1.2' as const;

/** Builds the API. It does not listen: `app.listen` does, or `app.inject` asks without a socket. */
export async function buildApp(options: AppOptions): Promise<Api> {
  const app = Fastify({
    logger: options.logger ?? false,
    ...listenerOptions(options.tls),
    keepAliveTimeout: keepAliveMs,
    requestTimeout: requestMs,
    bodyLimit: bodyLimitBytes,
    routerOptions: { ignoreTrailingSlash: true, querystringParser: parseQuery, maxParamLength: longestLocation },
    rewriteUrl: ({ url = '/' }) => (/^\/api\/v[13]\//.test(url) ? url.slice('/api'.length) : url),
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: answerFrameworkError,
    return503OnClosing: true,
    forceCloseConnections: true,
    trustProxy: options.trustedProxies.length > 0 && [...options.trustedProxies],
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as Api;
  app.server.on('checkExpectation', (request, response) => answerExpectation(request, response));
  // A schema serialiser would be slower on long lists; the presenters name every field that goes out.
  app.setSerializerCompiler(() => JSON.stringify);
  noteAddresses(app as unknown as FastifyInstance, options.isLocal);
  takeEmptyBodies(app as unknown as FastifyInstance);
  handleErrors(app as unknown as FastifyInstance);
  if (options.tls === null) checkHost(app as unknown as FastifyInstance, options.hosts);
  await app.register(rateLimit, { global: false });
  // Who did what is to be found in the log, whichever level the rest of it begins at.
  const lines = app.log.child({}, { level: 'info' });
  const logged = logAudit(options.audit, (fields, message) => lines.info(fields, message));
  const audit = countRepeats(app as unknown as FastifyInstance, logged);
  authenticate(app as unknown as FastifyInstance, options.verifier, audit);
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
    const services = toRouteServices({ ...options, audit });
    for (const add of routes) add(api as unknown as Api, services);
    api.addHook('preClose', async () => services.stopCloses());
    api.addHook('onClose', () => services.closesEnd());
    api.get('/openapi.json', { schema: { hide: true }, config: { privilege: 'none' } }, async () => app.swagger());
  });
  await app.ready();
  return app;
}

/** A request without a Host gets our own answer, which has a body. */
function listenerOptions(tls: AppOptions['tls']) {
  const requireHostHeader = false;
  if (tls === null) return { http: { requireHostHeader } };
  return { https: { ...tls, minVersion, requireHostHeader } };
}

/** New connections get this certificate; those that are open go on with the one that they have. */
export function renewCertificate(app: Api, pems: Pems): void {
  (app.server as unknown as TlsServer).setSecureContext({ ...pems, minVersion });
}

/** One known client writes `?limit=10&?identity=x`: a name is read without its leading question mark. */
function parseQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(querystring.parse(text))) query[name.replace(/^\?+/, '')] = value;
  return query;
}

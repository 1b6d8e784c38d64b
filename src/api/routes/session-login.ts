import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { foldName } from '../../sessions/index.ts';
import { networkOf } from '../client-address.ts';
import { ApiError } from '../errors.ts';
import { actorOf, eventOf, recordDenial } from '../events.ts';
import { exactBody } from '../exact-body.ts';
import { limitFailures, tooMany } from '../failure-limit.ts';
import type { Api, RouteServices } from '../services.ts';
import { takeTurns } from '../turns.ts';

const failuresPerMinute = 10;
/** Checking a password takes a processor and 46 MiB. */
const maxWaiting = 32;
/** One client must not keep all others waiting. */
const maxWaitingEach = 3;
const bodyLimitBytes = 16 * 1024;

const manyFailed = 'too many logins from this address have failed';
const notKnown = 'no account here has this name and this password';
type Refusal = typeof manyFailed | typeof notKnown;

const body = Type.Object({ username: Type.String(), password: Type.String() });
type Credentials = Type.Static<typeof body>;

export function sessionLogin(api: Api, { logins, accounts, audit }: RouteServices): void {
  const schema = {
    operationId: 'logIn',
    summary: 'A token, valid for 10 hours, for the name and password of an account of smbwho',
    tags: ['Access'],
    security: [],
    body,
    response: {
      200: Type.Object({ bearer_token: Type.String() }),
      400: Type.Ref('Error'),
      401: Type.Ref('Error'),
      429: Type.Ref('Error'),
      503: Type.Ref('Error'),
    },
  };
  const failures = limitFailures(api as unknown as FastifyInstance, failuresPerMinute);
  const inTurn = takeTurns(maxWaiting, maxWaitingEach);
  // People type passwords where names belong: only one that is an account's is recorded.
  const accountOf = (name: string) => accounts.list().find((account) => foldName(account.name) === foldName(name));

  /** @returns why not, where it is none */
  async function logIn(request: FastifyRequest<{ Body: Credentials }>) {
    if (await failures.isReached(request)) return manyFailed;
    const login = await logins.logIn(request.body.username, request.body.password);
    if (login === null) await failures.count(request);
    return login ?? notKnown;
  }

  async function refuse(request: FastifyRequest<{ Body: Credentials }>, message: Refusal): Promise<ApiError> {
    const user = accountOf(request.body.username)?.name ?? null;
    await recordDenial(audit, 'rest_login', request, { user, message });
    if (message === notKnown) return new ApiError('bad_credentials_error', message);
    return tooMany(message, (await failures.count(request)) ?? 1);
  }

  const options = {
    schema,
    config: { privilege: 'none' } as const,
    validatorCompiler: exactBody,
    bodyLimit: bodyLimitBytes,
  };
  api.post('/v1/session/login', options, async (request) => {
    // Who has to wait for a minute takes nobody's place.
    const isRefused = await failures.isReached(request);
    const turn = isRefused ? manyFailed : inTurn(networkOf(request), () => logIn(request));
    if (turn === null) throw tooMany('too many logins wait here', 1);
    const login = await turn;
    if (typeof login === 'string') throw await refuse(request, login);
    const { token, principal } = login;
    const { accountId, name } = principal;
    const actor = { ...actorOf(request), name, accountId };
    // Recorded before the token is handed out: nobody has it until then.
    await audit.append([eventOf('rest_login', actor, { target: accountId, user: name })]);
    return { bearer_token: token };
  });
}

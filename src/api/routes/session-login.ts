import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { foldName } from '../../sessions/index.ts';
import { ApiError } from '../errors.ts';
import { actorOf, eventOf, recordDenial } from '../events.ts';
import { exactBody } from '../exact-body.ts';
import { limitFailures, tooMany } from '../failure-limit.ts';
import type { Api, RouteServices } from '../services.ts';
import { takeTurns } from '../turns.ts';

const failuresPerMinute = 10;
/** Checking a password takes a processor and 46 MiB. */
const maxWaiting = 32;
const bodyLimitBytes = 16 * 1024;

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
  const inTurn = takeTurns(maxWaiting);
  // People type passwords where names belong: only one that is an account's is recorded.
  const accountOf = (name: string) => accounts.list().find((account) => foldName(account.name) === foldName(name));

  async function logIn(request: FastifyRequest<{ Body: Credentials }>) {
    const { username, password } = request.body;
    const user = accountOf(username)?.name ?? null;
    if (await failures.isReached(request)) {
      const { isFirstTooMany, retryAfter } = await failures.count(request);
      const refusal = tooMany('too many logins from this address have failed', retryAfter);
      if (isFirstTooMany) await recordDenial(audit, 'rest_login', request, { user, message: refusal.message });
      throw refusal;
    }
    const login = await logins.logIn(username, password);
    if (login !== null) return login;
    await failures.count(request);
    const refusal = new ApiError('bad_credentials_error', 'no account here has this name and this password');
    await recordDenial(audit, 'rest_login', request, { user, message: refusal.message });
    throw refusal;
  }

  const options = {
    schema,
    config: { privilege: 'none' } as const,
    validatorCompiler: exactBody,
    bodyLimit: bodyLimitBytes,
  };
  api.post('/v1/session/login', options, async (request) => {
    const turn = inTurn(() => logIn(request));
    if (turn === null) throw tooMany('too many logins wait here', 1);
    const { token, principal } = await turn;
    const { accountId, name } = principal;
    const actor = { ...actorOf(request), name, accountId };
    // Recorded before the token is handed out: nobody has it until then.
    await audit.append([eventOf('rest_login', actor, { target: accountId, user: name })]);
    return { bearer_token: token };
  });
}

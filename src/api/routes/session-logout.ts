import Type from 'typebox';
import { doRecorded } from '../../access/index.ts';
import { bearerOf } from '../authentication.ts';
import { actorOf, eventOf } from '../events.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

export function sessionLogout(api: Api, { logins, audit }: RouteServices): void {
  const schema = {
    operationId: 'logOut',
    summary: 'End the login that the token is of; an access token stays what it is',
    tags: ['Access'],
    response: { 200: Type.Object({}), ...commonErrors },
  };
  api.post('/v1/session/logout', { schema, config: { privilege: 'any' } }, async (request) => {
    const token = bearerOf(request);
    const { tokenId, accountId, name } = request.principal!;
    if (token === null || tokenId !== null || accountId === null) return {};
    const event = eventOf('rest_logout', actorOf(request), { target: accountId, user: name });
    await doRecorded(audit, event, () => logins.logOut(token));
    return {};
  });
}

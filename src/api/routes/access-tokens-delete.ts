import Type from 'typebox';
import { doRecorded } from '../../access/index.ts';
import { ApiError } from '../errors.ts';
import { actorOf, eventOf } from '../events.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

export function accessTokensDelete(api: Api, { tokens, audit }: RouteServices): void {
  const schema = {
    operationId: 'revokeAccessToken',
    summary: 'Revoke an access token, for ever and at once',
    tags: ['Access'],
    params: Type.Object({ id: Type.String({ description: 'As the lists have it' }) }),
    response: { 200: Type.Object({}), 404: Type.Ref('Error'), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_ACCESS_TOKENS_WRITE' } as const;
  api.delete('/v1/auth/access-tokens/:id', { schema, config }, async (request) => {
    const token = tokens.list().find(({ id, isEnabled }) => id === request.params.id && isEnabled);
    const notThere = () => new ApiError('token_not_found_error', 'there is no access token of this id, or no longer');
    if (token === undefined) throw notThere();
    const event = eventOf('token_revoke', actorOf(request), { target: token.id, user: token.owner.name });
    await doRecorded(audit, event, async () => {
      if (!(await tokens.revoke(token.id))) throw notThere();
    });
    return {};
  });
}

import Type from 'typebox';
import { commonErrors } from '../schemas.ts';
import type { Api } from '../services.ts';

export function sessionRoles(api: Api): void {
  const schema = {
    operationId: 'getRoles',
    summary: 'The roles of whose token this is',
    tags: ['Access'],
    response: { 200: Type.Array(Type.String()), ...commonErrors },
  };
  api.get('/v1/session/roles', { schema, config: { privilege: 'any' } }, async ({ principal }) => [
    ...principal!.roles,
  ]);
}

import Type from 'typebox';
import { commonErrors } from '../schemas.ts';
import type { Api } from '../services.ts';

export function whoAmI(api: Api): void {
  const text = Type.String();
  const schema = {
    operationId: 'getWhoAmI',
    summary: 'Whose token this is, and what it allows',
    tags: ['Server'],
    response: {
      200: Type.Object({
        id: text,
        name: text,
        primary_group: text,
        sid: text,
        uid: text,
        home_directory: text,
        can_change_password: Type.Boolean(),
        privileges: Type.Array(text),
        access_token_id: text,
      }),
      ...commonErrors,
    },
  };
  // One token for now, the administrator's: 500 and 512 are its user and group in the contract's numbers.
  api.get('/v1/session/who-am-i', { schema, config: { privilege: 'any' } }, async ({ principal }) => ({
    id: '500',
    name: principal!.name,
    primary_group: '512',
    sid: 'S-1-5-32-544',
    uid: '0',
    home_directory: '/',
    can_change_password: false,
    privileges: [...principal!.privileges],
    access_token_id: '1',
  }));
}

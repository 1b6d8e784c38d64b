import Type from 'typebox';
import { commonErrors } from '../schemas.ts';
import type { Api } from '../services.ts';

export function whoAmI(api: Api): void {
  const text = Type.String();
  const schema = {
    operationId: 'getWhoAmI',
    summary: 'Whose token this is, and what it allows',
    tags: ['Access'],
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
        access_token_id: Type.Optional(Type.String({ description: 'Where it is an access token' })),
      }),
      ...commonErrors,
    },
  };
  // Accounts of smbwho are in no group, and have neither a uid nor a home.
  api.get('/v1/session/who-am-i', { schema, config: { privilege: 'any' } }, async ({ principal }) => {
    const { accountId, name, privileges, tokenId } = principal!;
    return {
      id: accountId ?? '',
      name,
      primary_group: '',
      sid: '',
      uid: '',
      home_directory: '',
      can_change_password: false,
      privileges: [...privileges],
      ...(tokenId === null ? {} : { access_token_id: tokenId }),
    };
  });
}

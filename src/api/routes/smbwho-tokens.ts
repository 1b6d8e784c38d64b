import Type from 'typebox';
import { toAccessTokenJson } from '../../sessions/index.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

export function smbwhoTokens(api: Api, { tokens }: RouteServices): void {
  const schema = {
    operationId: 'listTokens',
    summary: 'List the access tokens with all that is known of them, revoked and expired ones too',
    tags: ['smbwho'],
    response: { 200: Type.Object({ tokens: Type.Array(Type.Ref('Token')) }), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_ACCESS_TOKENS_READ' } as const;
  api.get('/smbwho/v1/tokens', { schema, config }, async () => ({ tokens: tokens.list().map(toAccessTokenJson) }));
}

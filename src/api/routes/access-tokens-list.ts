import Type from 'typebox';
import { toAccessToken } from '../access-token.ts';
import { commonErrors, wholeNumber } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

const path = '/v1/auth/access-tokens/';
const maxLimit = 10_000;
const query = Type.Object(
  {
    after: Type.Optional(
      Type.String({ pattern: wholeNumber, description: 'Only tokens after this key, from `paging.next`' }),
    ),
    limit: Type.Optional(Type.String({ pattern: wholeNumber, description: 'At most so many tokens' })),
  },
  { additionalProperties: false },
);

export function accessTokensList(api: Api, { tokens }: RouteServices): void {
  const schema = {
    operationId: 'listAccessTokens',
    summary: 'List the access tokens, revoked and expired ones too',
    tags: ['Access'],
    querystring: query,
    response: {
      200: Type.Object({ entries: Type.Array(Type.Ref('AccessToken')), paging: Type.Ref('Paging') }),
      ...commonErrors,
    },
  };
  const config = { privilege: 'PRIVILEGE_ACCESS_TOKENS_READ' } as const;
  api.get(path, { schema, config }, async (request) => {
    const { after = '0', limit } = request.query;
    const rest = tokens.list().filter(({ id }) => BigInt(id) > BigInt(after));
    const page = rest.slice(0, Math.min(Number(limit ?? maxLimit), maxLimit));
    const last = page.at(-1);
    const isEnd = page.length === rest.length || last === undefined;
    const key = new URLSearchParams({ after: last?.id ?? '', ...(limit === undefined ? {} : { limit }) });
    return { entries: page.map(toAccessToken), paging: { next: isEnd ? null : `${path}?${key}` } };
  });
}

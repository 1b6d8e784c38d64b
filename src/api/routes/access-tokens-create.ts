import Type from 'typebox';
import { parseLimits } from '../../access/index.ts';
import {
  describeWish,
  type Instant,
  now,
  type Principal,
  type TokenDraft,
  type TokenWish,
} from '../../sessions/index.ts';
import { LimitsBody } from '../access-schemas.ts';
import { ApiError } from '../errors.ts';
import { actorOf, doRecorded, eventOf, recordDenial } from '../events.ts';
import { exactBody } from '../exact-body.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

const orNull = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

// Exact: a limit that is misspelt must not be none.
const body = Type.Object(
  {
    user: Type.Object(
      { auth_id: orNull(Type.String()), name: orNull(Type.String()) },
      { description: 'An account of smbwho, by `auth_id` or `name`; other keys are ignored' },
    ),
    expiration_time: orNull(Type.String({ description: 'ISO 8601; null or none: never' })),
    name: orNull(Type.String({ minLength: 1, maxLength: 100, description: 'What it is for' })),
    role: orNull(
      Type.String({ description: "The one role whose rights it has, as far as the user's roles have them" }),
    ),
    limits: orNull(LimitsBody),
  },
  { additionalProperties: false },
);

export function accessTokensCreate(api: Api, { tokens, audit }: RouteServices): void {
  const schema = {
    operationId: 'createAccessToken',
    summary: 'Make an access token that may not more than who asks for it; the answer is the only one that has it',
    tags: ['Access'],
    body,
    response: { 200: Type.Object({ id: Type.String(), bearer_token: Type.String() }), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_ACCESS_TOKENS_WRITE' } as const;
  api.post('/v1/auth/access-tokens/', { schema, config, validatorCompiler: exactBody }, async (request) => {
    const principal = request.principal!;
    const { accountId, name } = principal;
    const wish = toWish(request.body);
    const draft = tokens.draft(wish, accountId === null ? null : { id: accountId, name });
    const event = eventOf('token_create', actorOf(request), {
      target: draft.id,
      user: draft.owner.name,
      message: describeWish(wish),
    });
    const refusal = refuse(draft, principal);
    if (refusal !== null) {
      await recordDenial(audit, 'token_create', request, { user: draft.owner.name, message: refusal.message });
      throw refusal;
    }
    return { id: draft.id, bearer_token: await doRecorded(audit, event, () => draft.keep()) };
  });
}

function toWish({
  user,
  expiration_time = null,
  name = null,
  role = null,
  limits,
}: Type.Static<typeof body>): TokenWish {
  const owner = user.auth_id ?? user.name;
  if (owner == null) throw new ApiError('decode_error', 'user must have auth_id or name');
  const expiresAt = expiration_time === null ? null : parseExpiry(expiration_time);
  return { owner, name, role, limits: limits == null ? null : parseLimits(limits), expiresAt };
}

function parseExpiry(text: string): Instant {
  const millis = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  const instant = millis * 1000;
  if (instant > now()) return instant;
  throw new ApiError('decode_error', 'expiration_time must be a moment to come, such as 2030-01-31T00:00:00Z');
}

function refuse(draft: TokenDraft, { privileges, name }: Principal): ApiError | null {
  const beyond = draft.privileges.filter((privilege) => !privileges.includes(privilege));
  if (beyond.length === 0) return null;
  return new ApiError('privilege_error', `it would allow ${beyond.join(', ')}, which ${name} does not have`);
}

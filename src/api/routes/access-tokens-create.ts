import Type from 'typebox';
import { doRecorded, parseLimits } from '../../access/index.ts';
import {
  describeWish,
  foldName,
  type Instant,
  type Limits,
  lastInstant,
  now,
  type Principal,
  type TokenPreview,
  type TokenWish,
} from '../../sessions/index.ts';
import { LimitsBody } from '../access-schemas.ts';
import { ApiError } from '../errors.ts';
import { actorOf, eventOf, recordDenial } from '../events.ts';
import { exactBody } from '../exact-body.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

const orNull = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

// Exact: a limit that is misspelt must not be none.
const body = Type.Object(
  {
    user: Type.Object(
      { auth_id: orNull(Type.String()), name: orNull(Type.String()) },
      { description: 'An account of smbwho, by `auth_id` or `name` or both; other keys are ignored' },
    ),
    expiration_time: orNull(Type.String({ description: 'ISO 8601 with its zone; null or none: never' })),
    name: orNull(Type.String({ minLength: 1, maxLength: 100, description: 'What it is for' })),
    role: orNull(
      Type.String({ description: "The one role whose rights it has, as far as the user's roles have them" }),
    ),
    limits: Type.Optional(LimitsBody),
  },
  { additionalProperties: false },
);

type Body = Type.Static<typeof body>;

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
    const { accountId, name, tokenId } = principal;
    const wish = toWish(request.body);
    const preview = tokens.preview(wish);
    checkOwner(preview, request.body);
    const user = preview.owner.name;
    const refusal = refuse(preview, principal);
    if (refusal !== null) {
      await recordDenial(audit, 'token_create', request, { user, message: refusal.message });
      throw refusal;
    }
    const draft = await tokens.draft(wish, accountId === null ? null : { id: accountId, name, tokenId });
    const event = eventOf('token_create', actorOf(request), { target: draft.id, user, message: describeWish(wish) });
    return { id: draft.id, bearer_token: await doRecorded(audit, event, () => draft.keep()) };
  });
}

function toWish({ user, expiration_time = null, name = null, role = null, limits }: Body): TokenWish {
  const owner = user.auth_id ?? user.name;
  if (owner == null) throw new ApiError('decode_error', 'user must have auth_id or name');
  const expiresAt = expiration_time === null ? null : parseExpiry(expiration_time);
  return { owner, name, role, limits: limits === undefined ? null : toLimits(limits), expiresAt };
}

/** Whoever writes limits wants some. */
function toLimits(wish: Type.Static<typeof LimitsBody>): Limits {
  const limits = parseLimits(wish);
  if (limits !== null) return limits;
  throw new ApiError('decode_error', 'limits must have shares, networks or instances; without any, leave it out');
}

/** One that is named twice is to be one. */
function checkOwner({ owner }: TokenPreview, { user }: Body): void {
  const { auth_id: id = null, name = null } = user;
  if ((id ?? owner.id) === owner.id && (name === null || foldName(name) === foldName(owner.name))) return;
  throw new ApiError('access_token_error', 'no account here has both this auth_id and this name');
}

function parseExpiry(text: string): Instant {
  const [, day] = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const instant = day !== undefined && isDay(day) ? Date.parse(text) * 1000 : Number.NaN;
  if (instant > now()) return Math.min(instant, lastInstant);
  throw new ApiError('decode_error', 'expiration_time must be a moment to come, such as 2030-01-31T00:00:00Z');
}

/** `Date` takes the 31st of each month. */
function isDay(text: string): boolean {
  const millis = Date.parse(text);
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(text);
}

function refuse(preview: TokenPreview, { privileges, name }: Principal): ApiError | null {
  const beyond = preview.privileges.filter((privilege) => !privileges.includes(privilege));
  if (beyond.length === 0) return null;
  return new ApiError('privilege_error', `it would allow ${beyond.join(', ')}, which ${name} does not have`);
}

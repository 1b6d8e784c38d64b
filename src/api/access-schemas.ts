import Type from 'typebox';

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const account = Type.Object({ id: Type.String(), name: Type.String() }, { additionalProperties: false });
const listOf = <T extends Type.TSchema>(items: T, description: string) =>
  Type.Optional(nullable(Type.Array(items, { minItems: 1, maxItems: 100, description })));

/** What a token is to be limited to: something. What is left out, or null, is no limit. */
export const LimitsBody = Type.Object(
  {
    shares: listOf(Type.String({ minLength: 1 }), 'Names of shares'),
    networks: listOf(Type.String(), 'Addresses or networks of clients, as 192.0.2.0/24'),
    instances: listOf(Type.Integer({ minimum: 1 }), 'Numbers of Samba instances'),
  },
  { additionalProperties: false },
);

const AccessTokenSchema = Type.Object(
  {
    id: Type.String(),
    user: Type.Ref('Identity'),
    creator: Type.Ref('Identity'),
    creation_time: Type.Ref('Instant'),
    expiration_time: nullable(Type.Ref('Instant')),
    enabled: Type.Boolean({ description: 'False once it has been revoked' }),
  },
  { $id: 'AccessToken', additionalProperties: false },
);

const TokenSchema = Type.Object(
  {
    id: Type.String(),
    name: nullable(Type.String()),
    owner: account,
    creator: nullable(account),
    role: nullable(Type.String({ description: "It allows what this role does, as far as its owner's roles do" })),
    limits: nullable(
      Type.Object(
        {
          shares: nullable(Type.Array(Type.String())),
          networks: nullable(Type.Array(Type.String())),
          instances: nullable(Type.Array(Type.Integer())),
        },
        { additionalProperties: false },
      ),
    ),
    created_at: Type.Ref('Instant'),
    expires_at: nullable(Type.Ref('Instant')),
    last_used_at: nullable(Type.String({ format: 'date-time', description: 'To the minute' })),
    is_enabled: Type.Boolean({ description: 'False once it has been revoked' }),
  },
  { $id: 'Token', additionalProperties: false },
);

export const accessSchemas: readonly Type.TSchema[] = [AccessTokenSchema, TokenSchema];

import Type from 'typebox';
import { accessSchemas } from './access-schemas.ts';
import { closeSchemas } from './close-schemas.ts';
import { fileSchemas } from './file-schemas.ts';
import { shareSchemas } from './share-schemas.ts';

/** A parameter that is a whole number of 1 or more, as text: `1e3` and `0x10` are none. */
export const wholeNumber = '^0*[1-9][0-9]*$';

/** One that says yes or no. Known clients write True and False. */
export const trueOrFalse = '^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$';

/** The schemas that several routes share. Each has an `$id`: OpenAPI names them so. */
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const ErrorSchema = Type.Object(
  {
    module: Type.String(),
    error_class: Type.String({ description: 'Stable name of the error' }),
    description: Type.String({ description: 'What was wrong, and what would be right' }),
    stack: Type.Array(Type.String()),
    user_visible: Type.Boolean(),
  },
  { $id: 'Error', additionalProperties: false },
);

export const IdentitySchema = Type.Object(
  {
    domain: Type.String({ description: 'LOCAL, ACTIVE_DIRECTORY, POSIX_USER, API_NULL_DOMAIN, …' }),
    auth_id: nullable(Type.String({ pattern: '^\\d+$', description: 'A 64-bit number in decimal' })),
    uid: nullable(Type.Integer()),
    gid: nullable(Type.Integer()),
    sid: nullable(Type.String()),
    name: nullable(Type.String()),
  },
  { $id: 'Identity', additionalProperties: false },
);

const Duration = Type.Object(
  { nanoseconds: Type.String({ pattern: '^\\d+$' }) },
  { $id: 'Duration', additionalProperties: false },
);

export const SmbSessionSchema = Type.Object(
  {
    location: Type.String({ description: 'Unique for ever; names the session to close' }),
    tenant_id: Type.Integer({ description: 'Number of the Samba instance; 1 is the default' }),
    originator: Type.String({ description: "The client's IP address" }),
    server_address: Type.String({
      description: 'The IP address that the client connected to; empty where it is not known',
    }),
    user: Type.Ref('Identity'),
    num_opens: Type.Integer({ minimum: 0, description: 'Open files and directories' }),
    time_open: Type.Ref('Duration'),
    time_idle: Type.Ref('Duration'),
    is_guest: Type.Boolean({ description: 'True for a guest and for an anonymous logon' }),
    is_encrypted: Type.Boolean({ description: 'True where nothing of it goes plain, as far as the records tell' }),
    share_names: Type.Array(Type.String()),
  },
  { $id: 'SmbSession', additionalProperties: false },
);

const Certainty = Type.Union(
  ['exact', 'lower_bound', 'upper_bound', 'unknown'].map((word) => Type.Literal(word)),
  {
    $id: 'Certainty',
  },
);
const Encryption = Type.Union(
  ['none', 'partial', 'full'].map((word) => Type.Literal(word)),
  { $id: 'Encryption' },
);
const Instant = Type.String({ $id: 'Instant', format: 'date-time', description: 'ISO 8601 in UTC' });
const Endpoint = Type.Object(
  { address: Type.String(), port: Type.Integer() },
  { $id: 'Endpoint', additionalProperties: false },
);

export const SessionSchema = Type.Object(
  {
    location: Type.String(),
    instance: Type.Integer(),
    user: Type.Ref('Identity'),
    is_guest: Type.Boolean(),
    is_anonymous: Type.Boolean(),
    opened_at: nullable(Type.Ref('Instant')),
    authenticated_at: nullable(Type.Ref('Instant')),
    expires_at: nullable(Type.Ref('Instant')),
    last_active_at: nullable(Type.Ref('Instant')),
    idle_certainty: Type.Ref('Certainty'),
    dialect: Type.String({ description: '3.1.1, 3.0.2, 2.1, …; NT1 for SMB1' }),
    encryption: Type.Ref('Encryption'),
    channels: Type.Array(
      Type.Object(
        {
          client: Type.Ref('Endpoint'),
          server: nullable(Type.Ref('Endpoint')),
          opened_at: nullable(Type.Ref('Instant')),
        },
        { additionalProperties: false },
      ),
    ),
    tree_connects: Type.Array(
      Type.Object(
        { share_name: Type.String(), opened_at: nullable(Type.Ref('Instant')), encryption: Type.Ref('Encryption') },
        { additionalProperties: false },
      ),
    ),
    share_names: Type.Array(Type.String()),
    num_opens: Type.Integer({ minimum: 0 }),
    num_opens_certainty: Type.Ref('Certainty'),
    pid: Type.Integer({ description: 'The smbd process that serves it' }),
  },
  { $id: 'Session', additionalProperties: false },
);

export const PartSchema = Type.Object(
  {
    instance: Type.Integer(),
    node: nullable(Type.Integer()),
    taken_at: nullable(Type.Ref('Instant')),
    verdict: Type.Union([Type.Literal('complete'), Type.Literal('partial')]),
    problems: Type.Array(Type.Object({ code: Type.String(), message: Type.String() }, { additionalProperties: false })),
    recording: nullable(Type.String({ description: 'What was recorded, where this is no running server' })),
  },
  { $id: 'Part', additionalProperties: false },
);

export const PagingSchema = Type.Object(
  { next: nullable(Type.String({ description: 'Path and query of the next page; null at the end' })) },
  { $id: 'Paging', additionalProperties: false },
);

export const sharedSchemas: readonly Type.TSchema[] = [
  ErrorSchema,
  IdentitySchema,
  Duration,
  SmbSessionSchema,
  Certainty,
  Encryption,
  Instant,
  Endpoint,
  SessionSchema,
  PartSchema,
  PagingSchema,
  ...closeSchemas,
  ...fileSchemas,
  ...shareSchemas,
  ...accessSchemas,
];

/** The answers that any route behind a token can give. */
export const commonErrors = {
  400: Type.Ref('Error'),
  401: Type.Ref('Error'),
  403: Type.Ref('Error'),
  429: Type.Ref('Error'),
  503: Type.Ref('Error'),
} as const;

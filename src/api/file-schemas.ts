import Type from 'typebox';

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const wordOf = (words: readonly string[], description: string) =>
  Type.Union(
    words.map((word) => Type.Literal(word)),
    { description },
  );
const wordsOf = (words: readonly string[]) => Type.Array(Type.Union(words.map((word) => Type.Literal(word))));
const problem = Type.Object({ code: Type.String(), message: Type.String() }, { additionalProperties: false });

const SmbFileHandleSchema = Type.Object(
  {
    file_number: Type.String({ description: 'The inode' }),
    handle_info: Type.Object(
      {
        location: Type.String({ description: 'Unique for ever; names the open file to close' }),
        version: Type.Integer({ description: 'Always 0: Samba keeps none' }),
        num_byte_range_locks: Type.Integer({ minimum: 0 }),
        num_notify_watches: Type.String({ description: "Always 0: Samba's records do not say which open watches" }),
        access_mask: Type.Array(Type.String({ description: 'MS_ACCESS_…' })),
        owner: Type.String({ description: 'auth_id of the user, a 64-bit number in decimal' }),
        path: Type.String({ description: 'Empty unless resolve_paths is true; directories end in a slash' }),
      },
      { additionalProperties: false },
    ),
  },
  { $id: 'SmbFileHandle', additionalProperties: false },
);

const OpenFileSchema = Type.Object(
  {
    location: Type.String(),
    instance: Type.Integer(),
    path: Type.String({ description: 'As the server sees it' }),
    service_path: Type.String({ description: 'The folder of the share' }),
    stream: nullable(Type.String({ description: 'Null for the file itself' })),
    share_name: nullable(Type.String()),
    is_directory: nullable(
      Type.Boolean({ description: 'Null where it is not known, or was not asked for by `kinds`' }),
    ),
    is_delete_on_close: Type.Boolean({ description: 'Whether it goes with its last close' }),
    access_mask: Type.Integer({ description: 'The bits of [MS-SMB2] 2.2.13.1' }),
    is_open_for_writing: Type.Boolean(),
    share_access: wordsOf(['read', 'write', 'delete']),
    caching: wordOf(['none', 'level_ii', 'exclusive', 'batch', 'lease'], 'What its client may keep to itself'),
    lease_state: nullable(wordsOf(['read', 'handle', 'write'])),
    opened_at: Type.Ref('Instant'),
    num_byte_range_locks: Type.Integer({ minimum: 0 }),
    uid: Type.Integer({ description: 'Who opened it; under `force user` that one' }),
    user: nullable(Type.Ref('Identity')),
    session: nullable(Type.String({ description: "The session's location; null where the records can't tell" })),
    session_certainty: wordOf(['exact', 'unknown'], '`unknown`: it is null'),
    client: nullable(Type.String({ description: "The client's IP address" })),
    is_durable: Type.Boolean(),
    is_disconnected: Type.Boolean({ description: 'Whether its client has gone, and may take it up again' }),
  },
  { $id: 'OpenFile', additionalProperties: false },
);

const PlannedFileCloseSchema = Type.Object(
  {
    location: Type.String(),
    file: nullable(Type.Ref('OpenFile')),
    not_closable: nullable(Type.String({ description: "Why it can't be closed; null where it can" })),
    num_others: Type.Integer({ minimum: 0, description: 'Other opens of the same file, which stay' }),
  },
  { $id: 'PlannedFileClose', additionalProperties: false },
);

const FileClosePlanSchema = Type.Object(
  {
    made_at: Type.Ref('Instant'),
    to_confirm: nullable(Type.Integer({ description: 'What `confirmed` of a close must say; null where it need not' })),
    closes: Type.Array(Type.Ref('PlannedFileClose')),
    problems: Type.Array(problem, { description: 'Servers that could not be read' }),
  },
  { $id: 'FileClosePlan', additionalProperties: false },
);

const FileCloseOutcomeSchema = Type.Object(
  {
    location: Type.String(),
    result: wordOf(
      ['closed', 'closing', 'gone', 'unresponsive', 'denied', 'refused', 'failed'],
      '`closing`: accepted, and still there after 2 s; `gone`: it had been closed before',
    ),
    message: Type.String({ description: 'In words; empty for `closed`' }),
    took_ms: nullable(Type.Number({ description: 'Until its record had gone' })),
  },
  { $id: 'FileCloseOutcome', additionalProperties: false },
);

export const fileSchemas: readonly Type.TSchema[] = [
  SmbFileHandleSchema,
  OpenFileSchema,
  PlannedFileCloseSchema,
  FileClosePlanSchema,
  FileCloseOutcomeSchema,
];

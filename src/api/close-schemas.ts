import Type from 'typebox';

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const wordOf = (words: readonly string[], description: string) =>
  Type.Union(
    words.map((word) => Type.Literal(word)),
    { description },
  );
const problem = Type.Object({ code: Type.String(), message: Type.String() }, { additionalProperties: false });

const PlannedCloseSchema = Type.Object(
  {
    location: Type.String(),
    session: nullable(Type.Ref('Session')),
    not_closable: nullable(
      wordOf(
        ['gone', 'not_served', 'from_smbstatus', 'unreadable', 'recorded', 'out_of_limits'],
        "Why it can't be closed; null where it can",
      ),
    ),
    num_opens: Type.Integer({ minimum: 0 }),
    num_opens_certainty: Type.Ref('Certainty'),
    num_opens_for_writing: nullable(Type.Integer({ description: 'Null where it is not known' })),
    files: Type.Array(
      Type.Object(
        { path: Type.String(), for_writing: Type.Boolean(), location: Type.String() },
        { additionalProperties: false },
      ),
      { maxItems: 100, description: 'The first 100 that it has open, those for writing before others' },
    ),
    num_durable: Type.Integer({ description: 'Durable handles, which outlive the session' }),
    num_neighbours: Type.Integer({ minimum: 0, description: 'Other sessions on the same connections' }),
    neighbours: Type.Array(Type.String(), { maxItems: 100, description: 'Locations of the first 100 of them' }),
    warnings: Type.Array(problem, { description: 'What it may cost besides' }),
  },
  { $id: 'PlannedClose', additionalProperties: false },
);

const ClosePlanSchema = Type.Object(
  {
    made_at: Type.Ref('Instant'),
    to_confirm: nullable(Type.Integer({ description: 'What `confirmed` of a close must say; null where it need not' })),
    closes: Type.Array(Type.Ref('PlannedClose')),
    problems: Type.Array(problem, { description: 'Servers that could not be read' }),
  },
  { $id: 'ClosePlan', additionalProperties: false },
);

const CloseOutcomeSchema = Type.Object(
  {
    location: Type.String(),
    result: wordOf(
      ['closed', 'closing', 'gone', 'unresponsive', 'denied', 'refused', 'failed'],
      '`closing`: accepted, and still there after 2 s; `gone`: it had ended before',
    ),
    message: Type.String({ description: 'In words; empty for `closed`' }),
    took_ms: nullable(Type.Number({ description: 'Until its record had gone' })),
    files_closed: Type.Integer({ description: 'Files that were closed before it' }),
    came_back_as: nullable(Type.String({ description: 'The first new session of the same user and address' })),
    came_back_at: nullable(Type.Ref('Instant')),
  },
  { $id: 'CloseOutcome', additionalProperties: false },
);

export const closeSchemas: readonly Type.TSchema[] = [PlannedCloseSchema, ClosePlanSchema, CloseOutcomeSchema];

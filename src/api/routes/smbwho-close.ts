import { PassThrough, type Writable } from 'node:stream';
import Type from 'typebox';
import { type CloseOutcome, toCloseOutcomeJson } from '../../sessions/index.ts';
import { checkConfirmed, closeBodyBytes, limitNamed, maxNamed, toLocations } from '../close-call.ts';
import { exactBody } from '../exact-body.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

const body = Type.Object(
  {
    locations: Type.Array(Type.String(), {
      maxItems: maxNamed,
      description: 'The sessions, not more than 20000; filters are for the plan alone',
    }),
    confirmed: Type.Optional(
      Type.Integer({ minimum: 0, description: '`to_confirm` of the plan: how many sessions this is known to close' }),
    ),
    files_first: Type.Optional(
      Type.Boolean({ description: "Close a session's files before it, so that its durable handles end too" }),
    ),
    reason: Type.Optional(Type.String({ maxLength: 500, description: 'For the log' })),
    watch_ms: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 30_000, description: 'How long to look out for the user coming back' }),
    ),
  },
  { additionalProperties: false },
);

export function smbwhoClose(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'closeSessions',
    summary: 'Close sessions, and say of each what became of it as soon as that is known',
    description: 'The answer comes line by line, each a CloseOutcome. Who goes away before its end stops the rest.',
    tags: ['smbwho'],
    body,
    response: {
      200: {
        description: 'One line a session',
        content: { 'application/x-ndjson': { schema: Type.Ref('CloseOutcome') } },
      },
      409: Type.Ref('Error'),
      413: Type.Ref('Error'),
      ...commonErrors,
    },
  };
  const config = { privilege: 'PRIVILEGE_SMB_SESSION_WRITE' } as const;
  const preValidation = limitNamed(services.closeLimit);
  api.post(
    '/smbwho/v1/close',
    { schema, config, preValidation, validatorCompiler: exactBody, bodyLimit: closeBodyBytes },
    async (request, reply) => {
      const { locations, confirmed, files_first: filesFirst = false, reason, watch_ms: watchMs = 0 } = request.body;
      const { closer } = services.for(request);
      const plan = await closer.plan(toLocations(locations));
      checkConfirmed(plan, confirmed);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      if (reply.raw.destroyed) gone.abort();
      const options = { filesFirst, watchMs, signal: gone.signal, ...(reason === undefined ? {} : { reason }) };
      const outcomes = await closer.begin(plan, options);
      const lines = new PassThrough();
      reply.type('application/x-ndjson').send(lines);
      // The first outcome may take seconds; that the close has begun is known now.
      reply.raw.flushHeaders();
      pour(outcomes, lines).catch((error) => {
        request.log.error(error);
        lines.destroy(error);
      });
      return reply;
    },
  );
}

/** To the end, whoever still listens: what had been sent before somebody went away is to be in the log. */
async function pour(outcomes: AsyncIterable<CloseOutcome>, lines: Writable): Promise<void> {
  for await (const outcome of outcomes) {
    if (!lines.destroyed) lines.write(`${JSON.stringify(toCloseOutcomeJson(outcome))}\n`);
  }
  lines.end();
}

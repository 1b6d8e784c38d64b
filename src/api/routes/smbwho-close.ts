import Type from 'typebox';
import { type ClosePlan, describeWriting, parseLocation, toCloseOutcomeJson, toConfirm } from '../../sessions/index.ts';
import { checkConfirmed, closeBodyBytes, limitNamed, maxNamed, toLocations } from '../close-call.ts';
import { exactBody } from '../exact-body.ts';
import { leaving, sendLines } from '../outcome-lines.ts';
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
      const plan = await closer.plan(toLocations(locations, parseLocation));
      checkConfirmed(plan, toConfirm(plan), confirmed, (count) => describe(count, plan));
      const options = { filesFirst, watchMs, signal: leaving(reply), ...(reason === undefined ? {} : { reason }) };
      sendLines(reply, await closer.begin(plan, options), toCloseOutcomeJson);
      return reply;
    },
  );
}

function describe(count: number, plan: ClosePlan): string {
  return [`${count} sessions`, describeWriting(plan)].filter((text) => text !== '').join(', ');
}

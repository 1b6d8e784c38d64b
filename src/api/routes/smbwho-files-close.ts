import Type from 'typebox';
import {
  describeFilesWritten,
  type FileClosePlan,
  filesToConfirm,
  parseFileLocation,
  toFileCloseOutcomeJson,
} from '../../sessions/index.ts';
import { checkConfirmed, closeBodyBytes, limitNamed, maxNamed, toLocations } from '../close-call.ts';
import { exactBody } from '../exact-body.ts';
import { leaving, sendLines } from '../outcome-lines.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

const body = Type.Object(
  {
    locations: Type.Array(Type.String(), {
      maxItems: maxNamed,
      description: 'The open files, not more than 20000; filters are for the plan alone',
    }),
    confirmed: Type.Optional(
      Type.Integer({ minimum: 0, description: '`to_confirm` of the plan: how many files this is known to close' }),
    ),
    reason: Type.Optional(Type.String({ maxLength: 500, description: 'For the log' })),
  },
  { additionalProperties: false },
);

export function smbwhoFilesClose(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'closeFiles',
    summary: 'Close open files, and say of each what became of it as soon as that is known',
    description: 'The answer comes line by line, each a FileCloseOutcome. Who goes away before its end stops the rest.',
    tags: ['smbwho'],
    body,
    response: {
      200: {
        description: 'One line a file',
        content: { 'application/x-ndjson': { schema: Type.Ref('FileCloseOutcome') } },
      },
      409: Type.Ref('Error'),
      413: Type.Ref('Error'),
      ...commonErrors,
    },
  };
  const config = { privilege: 'PRIVILEGE_SMB_FILE_HANDLE_WRITE' } as const;
  const preValidation = limitNamed(services.closeLimit, 'files');
  const options = { schema, config, preValidation, validatorCompiler: exactBody, bodyLimit: closeBodyBytes };
  api.post('/smbwho/v1/files/close', options, async (request, reply) => {
    const { locations, confirmed, reason } = request.body;
    const { fileCloser } = services.for(request);
    const plan = await fileCloser.plan(toLocations(locations, parseFileLocation));
    checkConfirmed(plan, filesToConfirm(plan), confirmed, (count) => describe(count, plan));
    const given = { signal: leaving(reply), ...(reason === undefined ? {} : { reason }) };
    sendLines(reply, await fileCloser.begin(plan, given), toFileCloseOutcomeJson);
    return reply;
  });
}

function describe(count: number, plan: FileClosePlan): string {
  return [`${count} files`, describeFilesWritten(plan)].filter((text) => text !== '').join(', ');
}

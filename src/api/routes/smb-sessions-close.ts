import Type from 'typebox';
import {
  type CloseOutcome,
  type ClosePlan,
  formatLocation,
  type Location,
  parseLocation,
} from '../../sessions/index.ts';
import { closeBodyBytes, limitNamed, maxNamed } from '../close-call.ts';
import { ApiError } from '../errors.ts';
import { exactBody } from '../exact-body.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

const noLocation = 'not found: this is no location of a session; the list of sessions has them';

export function smbSessionsClose(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'closeSmbSessions',
    summary: 'Close SMB sessions',
    description:
      'Each session of the body ends alone, whoever shares its connection. Only `location` counts. Not more than 20000 in one call.',
    tags: ['SMB sessions'],
    body: Type.Array(Type.Object({ location: Type.String({ description: 'As the lists have it' }) }), {
      maxItems: maxNamed,
    }),
    response: {
      200: Type.Array(
        Type.Object({ error_message: Type.String({ description: 'Empty where the session was closed' }) }),
        { description: 'In the order of the body' },
      ),
      413: Type.Ref('Error'),
      ...commonErrors,
    },
  };
  const config = { privilege: 'PRIVILEGE_SMB_SESSION_WRITE' } as const;
  const preValidation = limitNamed(services.closeLimit);
  const options = { schema, config, preValidation, validatorCompiler: exactBody, bodyLimit: closeBodyBytes };
  api.post('/v1/smb/sessions/close', options, async (request) => {
    const texts = request.body.map(({ location }) => location);
    const { closer } = services.for(request);
    const plan = await closer.plan(distinct(texts));
    checkReadable(plan);
    const messages = new Map<string, string>();
    for await (const outcome of await closer.begin(plan, { filesFirst: false, watchMs: 0 })) {
      messages.set(formatLocation(outcome.location), toErrorMessage(outcome));
    }
    return texts.map((text) => ({ error_message: messages.get(text) ?? noLocation }));
  });
}

/** Programs compare with these words. */
function toErrorMessage({ result, message }: CloseOutcome): string {
  if (result === 'closed') return '';
  return result === 'gone' ? 'already gone' : message || result;
}

function distinct(texts: readonly string[]): Location[] {
  return [...new Set(texts)].map(parseLocation).filter((location) => location !== null);
}

/** Where nothing can be read of any session, nothing would be sent: that is the server's fault, not one of each session. */
function checkReadable({ closes, problems }: ClosePlan): void {
  if (closes.length === 0 || problems.length === 0) return;
  if (!closes.every(({ notClosable }) => notClosable === 'unreadable')) return;
  throw new ApiError('samba_unavailable_error', problems.map(({ code, message }) => `${code}: ${message}`).join('; '));
}

import Type from 'typebox';
import { formatLocation, parseLocation } from '../../sessions/index.ts';
import { checkReadable, closeBodyBytes, distinct, limitNamed, maxNamed, toErrorMessage } from '../close-call.ts';
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
    const plan = await closer.plan(distinct(texts, parseLocation));
    checkReadable(plan);
    const messages = new Map<string, string>();
    for await (const outcome of await closer.begin(plan, { filesFirst: false, watchMs: 0 })) {
      messages.set(formatLocation(outcome.location), toErrorMessage(outcome));
    }
    return texts.map((text) => ({ error_message: messages.get(text) ?? noLocation }));
  });
}

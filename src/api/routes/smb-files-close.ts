import Type from 'typebox';
import { formatFileLocation, parseFileLocation } from '../../sessions/index.ts';
import { checkReadable, closeBodyBytes, distinct, limitNamed, maxNamed, toErrorMessage } from '../close-call.ts';
import { exactBody } from '../exact-body.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

const noLocation = 'not found: this is no location of an open file; the list of files has them';

export function smbFilesClose(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'closeSmbFileHandles',
    summary: 'Close open files',
    description:
      'Each open of the body is closed alone, whoever else has the file open. Only `handle_info.location` counts. Not more than 20000 in one call.',
    tags: ['SMB files'],
    body: Type.Array(
      Type.Object({ handle_info: Type.Object({ location: Type.String({ description: 'As the lists have it' }) }) }),
      { maxItems: maxNamed },
    ),
    response: {
      200: Type.Array(Type.Object({ error_message: Type.String({ description: 'Empty where the file was closed' }) }), {
        description: 'In the order of the body',
      }),
      413: Type.Ref('Error'),
      ...commonErrors,
    },
  };
  const config = { privilege: 'PRIVILEGE_SMB_FILE_HANDLE_WRITE' } as const;
  const preValidation = limitNamed(services.closeLimit, 'files');
  const options = { schema, config, preValidation, validatorCompiler: exactBody, bodyLimit: closeBodyBytes };
  api.post('/v1/smb/files/close', options, async (request) => {
    const texts = request.body.map(({ handle_info }) => handle_info.location);
    const { fileCloser } = services.for(request);
    const plan = await fileCloser.plan(distinct(texts, parseFileLocation));
    checkReadable(plan);
    const messages = new Map<string, string>();
    for await (const outcome of await fileCloser.begin(plan, {})) {
      messages.set(formatFileLocation(outcome.location), toErrorMessage(outcome));
    }
    return texts.map((text) => ({ error_message: messages.get(text) ?? noLocation }));
  });
}

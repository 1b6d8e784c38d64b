import Type from 'typebox';
import { formatFileLocation, toOpenFileJson } from '../../sessions/index.ts';
import { ApiError } from '../errors.ts';
import { readFiles } from '../file-list.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

export function smbwhoFile(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'getFile',
    summary: 'All that is known of one open file',
    tags: ['smbwho'],
    params: Type.Object({ location: Type.String({ description: 'The open file, as the lists name it' }) }),
    response: { 200: Type.Ref('OpenFile'), 404: Type.Ref('Error'), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_SMB_FILE_HANDLE_READ' } as const;
  api.get('/smbwho/v1/files/:location', { schema, config }, async (request) => {
    const source = services.for(request).files;
    const { files } = await readFiles(source);
    const found = files.filter(({ location }) => formatFileLocation(location) === request.params.location);
    const [file] = await source.resolveKinds(found);
    if (file === undefined) throw new ApiError('file_not_found_error', 'no open file has this location, or no longer');
    return toOpenFileJson(file);
  });
}

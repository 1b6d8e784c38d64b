import Type from 'typebox';
import { now, toIso, toOpenFileJson, toPartJson } from '../../sessions/index.ts';
import { FileListQuery, isTrue, pageOfFiles, selectFiles } from '../file-list.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';
import { label } from '../session-list.ts';

const path = '/smbwho/v1/files';

export function smbwhoFiles(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'listFiles',
    summary: 'List the open files with all that is known of them',
    tags: ['smbwho'],
    querystring: FileListQuery,
    response: {
      200: Type.Object({
        now: Type.String({
          format: 'date-time',
          description: 'The clock that all instants of this answer are of: its moment. ISO 8601 in UTC',
        }),
        parts: Type.Array(Type.Ref('Part')),
        files: Type.Array(Type.Ref('OpenFile')),
        paging: Type.Ref('Paging'),
      }),
      ...commonErrors,
    },
  };
  api.get(path, { schema, config: { privilege: 'PRIVILEGE_SMB_FILE_HANDLE_READ' } }, async (request, reply) => {
    const { query } = request;
    const scope = services.for(request);
    const { list, files: chosen } = await selectFiles(scope, query);
    label(reply, list);
    const { files, next } = pageOfFiles(chosen, query, path);
    const shown = isTrue(query.kinds) ? await scope.files.resolveKinds(files) : files;
    return {
      now: toIso(now()),
      parts: list.parts.map(toPartJson),
      files: shown.map(toOpenFileJson),
      paging: { next },
    };
  });
}

import Type from 'typebox';
import { isTrue, pageOfFiles, readFiles, SmbFileListQuery } from '../file-list.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';
import { label } from '../session-list.ts';
import { toSmbFileHandle } from '../smb-file.ts';

const path = '/v1/smb/files/';

export function smbFiles(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'listSmbFileHandles',
    summary: 'List the open files',
    tags: ['SMB files'],
    querystring: SmbFileListQuery,
    response: {
      200: Type.Object({ file_handles: Type.Array(Type.Ref('SmbFileHandle')), paging: Type.Ref('Paging') }),
      ...commonErrors,
    },
  };
  api.get(path, { schema, config: { privilege: 'PRIVILEGE_SMB_FILE_HANDLE_READ' } }, async (request, reply) => {
    const { query } = request;
    const source = services.for(request).files;
    const list = await readFiles(source);
    label(reply, list);
    const inode = query.file_number === undefined ? null : BigInt(query.file_number);
    const meant = inode === null ? list.files : list.files.filter(({ location }) => location.file.inode === inode);
    const { files, next } = pageOfFiles(meant, query, path);
    const resolvePaths = isTrue(query.resolve_paths);
    const shown = resolvePaths ? await source.resolveKinds(files) : files;
    return { file_handles: shown.map((file) => toSmbFileHandle(file, { resolvePaths })), paging: { next } };
  });
}

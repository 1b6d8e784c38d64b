import Type from 'typebox';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';
import { readShares, toSmbShare } from '../share-list.ts';

export function smbShares(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'listSmbShares',
    summary: 'List the shares',
    tags: ['SMB shares'],
    response: { 200: Type.Object({ entries: Type.Array(Type.Ref('SmbShare')) }), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_SMB_SHARE_READ' } as const;
  api.get('/v3/smb/shares/', { schema, config }, async (request) => {
    const { shares } = await readShares(services.for(request).shares);
    return { entries: shares.map(toSmbShare) };
  });
}

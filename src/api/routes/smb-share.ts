import Type from 'typebox';
import { ApiError } from '../errors.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';
import { readShares, toSmbShare } from '../share-list.ts';

export function smbShare(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'getSmbShare',
    summary: 'One share',
    tags: ['SMB shares'],
    params: Type.Object({ id: Type.String({ description: 'As the list has it' }) }),
    response: { 200: Type.Ref('SmbShare'), 404: Type.Ref('Error'), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_SMB_SHARE_READ' } as const;
  api.get('/v3/smb/shares/:id', { schema, config }, async (request) => {
    const { shares } = await readShares(services.for(request).shares);
    const share = shares.find(({ id }) => id === request.params.id);
    if (share === undefined) throw new ApiError('share_not_found_error', 'no share has this id, or no longer');
    return toSmbShare(share);
  });
}

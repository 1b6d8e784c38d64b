import Type from 'typebox';
import { toPartJson, toShareJson } from '../../sessions/index.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';
import { readShares } from '../share-list.ts';

export function smbwhoShares(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'listShares',
    summary: "List the shares, with what their permissions can't say",
    tags: ['smbwho'],
    response: {
      200: Type.Object({ parts: Type.Array(Type.Ref('Part')), shares: Type.Array(Type.Ref('Share')) }),
      ...commonErrors,
    },
  };
  const config = { privilege: 'PRIVILEGE_SMB_SHARE_READ' } as const;
  api.get('/smbwho/v1/shares', { schema, config }, async (request) => {
    const { parts, shares } = await readShares(services.for(request).shares);
    return { parts: parts.map(toPartJson), shares: shares.map(toShareJson) };
  });
}

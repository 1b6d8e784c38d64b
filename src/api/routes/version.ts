import Type from 'typebox';
import type { Api, RouteServices } from '../services.ts';

/** The release of the Qumulo API that the contract was written from; tools look for the digits behind the name. */
const contractRevision = 'Qumulo Core 7.2.0';

export function version(api: Api, { build }: RouteServices): void {
  const schema = {
    operationId: 'getVersion',
    summary: 'What answers here',
    tags: ['Server'],
    security: [],
    response: {
      200: Type.Object({
        revision_id: Type.String(),
        build_id: Type.String(),
        flavor: Type.String(),
        build_date: Type.String(),
      }),
    },
  };
  api.get('/v1/version', { schema, config: { privilege: 'none' } }, async () => ({
    revision_id: contractRevision,
    build_id: `smbwho ${build.version}`,
    flavor: 'smbwho',
    build_date: build.date,
  }));
}

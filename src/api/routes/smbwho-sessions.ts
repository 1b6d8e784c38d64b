import Type from 'typebox';
import { now, toIso, toPartJson, toSessionJson } from '../../sessions/index.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';
import { FilteredListQuery, label, listSessions } from '../session-list.ts';

export function smbwhoSessions(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'listSessions',
    summary: 'List the open SMB sessions with all that is known of them, and how sure it is',
    tags: ['smbwho'],
    querystring: FilteredListQuery,
    response: {
      200: Type.Object({
        now: Type.String({
          format: 'date-time',
          description: 'The clock that all instants of this answer are of: its moment. ISO 8601 in UTC',
        }),
        parts: Type.Array(Type.Ref('Part')),
        sessions: Type.Array(Type.Ref('Session')),
        paging: Type.Ref('Paging'),
      }),
      ...commonErrors,
    },
  };
  api.get(
    '/smbwho/v1/sessions',
    { schema, config: { privilege: 'PRIVILEGE_SMB_SESSION_READ' } },
    async (request, reply) => {
      const { full, sessions, next } = await listSessions(services.for(request), request.query, '/smbwho/v1/sessions');
      label(reply, full);
      return {
        now: toIso(now()),
        parts: full.parts.map(toPartJson),
        sessions: sessions.map(toSessionJson),
        paging: { next },
      };
    },
  );
}

import Type from 'typebox';
import { idleClock, now } from '../../sessions/index.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';
import { label, listSessions, SessionListQuery } from '../session-list.ts';
import { toSmbSession } from '../smb-session.ts';

export function smbSessions(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'listSmbSessions',
    summary: 'List the open SMB sessions',
    tags: ['SMB sessions'],
    querystring: SessionListQuery,
    response: {
      200: Type.Object({ session_infos: Type.Array(Type.Ref('SmbSession')), paging: Type.Ref('Paging') }),
      ...commonErrors,
    },
  };
  api.get(
    '/v1/smb/sessions/',
    { schema, config: { privilege: 'PRIVILEGE_SMB_SESSION_READ' } },
    async (request, reply) => {
      const { full, sessions, next } = await listSessions(services.for(request), request.query, '/v1/smb/sessions/');
      label(reply, full);
      const at = now();
      const clock = idleClock(full.parts, at);
      return { session_infos: sessions.map((session) => toSmbSession(session, at, clock(session))), paging: { next } };
    },
  );
}

import Type from 'typebox';
import { formatLocation, toSessionJson } from '../../sessions/index.ts';
import { ApiError } from '../errors.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';
import { refresh } from '../session-list.ts';

export function smbwhoSession(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'getSession',
    summary: 'All that is known of one open SMB session',
    tags: ['smbwho'],
    params: Type.Object({ location: Type.String({ description: 'The session, as the lists name it' }) }),
    response: { 200: Type.Ref('Session'), 404: Type.Ref('Error'), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_SMB_SESSION_READ' } as const;
  api.get('/smbwho/v1/sessions/:location', { schema, config }, async (request) => {
    const { sessions } = await refresh(services.for(request).source);
    const session = sessions.find(({ location }) => formatLocation(location) === request.params.location);
    if (session === undefined)
      throw new ApiError('session_not_found_error', 'no live session has this location, or no longer');
    return toSessionJson(session);
  });
}

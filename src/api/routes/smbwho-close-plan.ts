import Type from 'typebox';
import { parseLocation, toClosePlanJson } from '../../sessions/index.ts';
import { closeBodyBytes, limitNamed, maxNamed, toLocations } from '../close-call.ts';
import { ApiError } from '../errors.ts';
import { exactBody } from '../exact-body.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';
import { filterParameters, selectSessions } from '../session-list.ts';

const body = Type.Object(
  { locations: Type.Optional(Type.Array(Type.String(), { maxItems: maxNamed })), ...filterParameters },
  {
    additionalProperties: false,
    description: 'Either `locations`, not more than 20000, or one of the filters at least',
  },
);

/** It only reads, so whoever may list may also ask what a close would cost. */
export function smbwhoClosePlan(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'planClose',
    summary: 'What closing these sessions would end, and what it would cost others; nothing is closed',
    tags: ['smbwho'],
    body,
    response: { 200: Type.Ref('ClosePlan'), 413: Type.Ref('Error'), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_SMB_SESSION_READ' } as const;
  const options = {
    schema,
    config,
    preValidation: limitNamed(),
    validatorCompiler: exactBody,
    bodyLimit: closeBodyBytes,
  };
  api.post('/smbwho/v1/close-plan', options, async (request) => {
    const { locations, ...filters } = request.body;
    const isFiltered = Object.keys(filters).length > 0;
    if ((locations !== undefined) === isFiltered) {
      throw new ApiError('decode_error', 'the body must have locations, or else identity, share, from or idle_over');
    }
    const scope = services.for(request);
    const meant =
      locations === undefined
        ? (await selectSessions(scope, filters)).sessions.map(({ location }) => location)
        : toLocations(locations, parseLocation);
    // What tells nothing needs no entry.
    const planner = meant.length > 0 ? scope.planner : scope.closer;
    const plan = await planner.plan(meant);
    // A file's name is for those who may list files.
    const mayList = request.principal!.privileges.includes('PRIVILEGE_SMB_FILE_HANDLE_READ');
    return toClosePlanJson(mayList ? plan : { ...plan, closes: plan.closes.map((close) => ({ ...close, files: [] })) });
  });
}

import Type from 'typebox';
import { parseFileLocation, toFileClosePlanJson } from '../../sessions/index.ts';
import { closeBodyBytes, limitNamed, maxNamed, toLocations } from '../close-call.ts';
import { ApiError } from '../errors.ts';
import { exactBody } from '../exact-body.ts';
import { filterProperties, selectFiles } from '../file-list.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

const body = Type.Object(
  { locations: Type.Optional(Type.Array(Type.String(), { maxItems: maxNamed })), ...filterProperties },
  {
    additionalProperties: false,
    description: 'Either `locations`, not more than 20000, or one of the filters at least',
  },
);

/** It only reads, so whoever may list may also ask what a close would cost. */
export function smbwhoFilesClosePlan(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'planFileClose',
    summary: 'Which open files would be closed, and who else has them open; nothing is closed',
    tags: ['smbwho'],
    body,
    response: { 200: Type.Ref('FileClosePlan'), 413: Type.Ref('Error'), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_SMB_FILE_HANDLE_READ' } as const;
  const options = {
    schema,
    config,
    preValidation: limitNamed(null, 'files'),
    validatorCompiler: exactBody,
    bodyLimit: closeBodyBytes,
  };
  api.post('/smbwho/v1/files/close-plan', options, async (request) => {
    const { locations, ...filters } = request.body;
    const isFiltered = Object.keys(filters).length > 0;
    if ((locations !== undefined) === isFiltered) {
      throw new ApiError('decode_error', 'the body must have locations, or else a filter, such as path or session');
    }
    const scope = services.for(request);
    const meant =
      locations === undefined
        ? (await selectFiles(scope, filters)).files.map(({ location }) => location)
        : toLocations(locations, parseFileLocation);
    // What tells nothing needs no entry.
    const planner = meant.length > 0 ? scope.filePlanner : scope.fileCloser;
    return toFileClosePlanJson(await planner.plan(meant));
  });
}

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { AccessError, IdentityError } from '../sessions/index.ts';
import { ApiError, type ErrorClass, errorBody, errorStatus } from './errors.ts';
import { trueOrFalse, wholeNumber } from './schemas.ts';

const methods: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Makes every failure of an app a JSON error of the contract. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: Failure, request, reply) => {
    const { errorClass, message, headers } = toApiError(error);
    if (errorClass === 'internal_error' || errorClass === 'audit_unavailable_error') request.log.error(error);
    return send(reply.headers(headers), errorClass, message);
  });
  // Told before the body is looked at: whatever it holds, there is nothing here that would read it.
  app.addHook('onRequest', async (request) => {
    if (request.is404) throw toNotFound(app, request);
  });
  app.setNotFoundHandler(() => {
    throw new ApiError('not_found_error', notFound);
  });
}

const notFound = 'there is nothing at this path; GET /openapi.json lists what is';

function toNotFound(app: FastifyInstance, request: FastifyRequest): ApiError {
  const url = pathOf(request);
  const allowed = methods.filter((method) => app.findRoute({ url, method }) !== null);
  if (allowed.length === 0 || allowed.includes(request.method as HTTPMethods)) {
    return new ApiError('not_found_error', notFound);
  }
  const message = `${request.method} is not for this path; ${allowed.join(', ')} is`;
  return new ApiError('method_not_allowed_error', message, { allow: allowed.join(', ') });
}

/** For what Fastify refuses before it looks for a route: a path that can't be decoded. */
export function answerFrameworkError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  // Its message has the path, in which somebody may have written a token.
  const isLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH';
  send(reply, 'http_syntax_error', isLong ? 'a part of the path is too long' : "the path can't be decoded");
}

type Failure = FastifyError | ApiError | IdentityError | AccessError;

const accessErrors: Partial<Record<AccessError['code'], ErrorClass>> = {
  AUDIT_UNWRITABLE: 'audit_unavailable_error',
  STATE_UNUSABLE: 'audit_unavailable_error',
  ACCOUNT_UNKNOWN: 'access_token_error',
  ROLE_UNKNOWN: 'access_token_error',
  LIMIT_INVALID: 'access_token_error',
};
const notRecorded = "this can't be written down here now, so it was not done; the server's log says why";

function toApiError(error: Failure): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof IdentityError) return new ApiError(error.code, error.message);
  if (error instanceof AccessError) {
    const errorClass = accessErrors[error.code] ?? 'internal_error';
    // What only the operator can mend is for the log.
    if (errorClass === 'audit_unavailable_error') return new ApiError(errorClass, notRecorded);
    return errorClass === 'internal_error' ? internalError() : new ApiError(errorClass, error.message);
  }
  if (error.validation !== undefined) {
    const errorClass = error.validationContext === 'body' ? 'decode_error' : 'bad_parameter_error';
    return new ApiError(errorClass, describeValidation(error));
  }
  switch (error.statusCode) {
    case 400:
      return new ApiError('decode_error', error.message);
    case 413:
      return new ApiError('body_too_large_error', error.message);
    case 415:
      return new ApiError('unsupported_media_type_error', 'the body must be application/json');
    default:
      return internalError();
  }
}

function internalError(): ApiError {
  return new ApiError('internal_error', "something failed here that is not your fault; the server's log says what");
}

const patternWords = new Map([
  [wholeNumber, 'must be a whole number of 1 or more'],
  [trueOrFalse, 'must be true or false'],
]);

function describeValidation({ validation, validationContext }: FastifyError): string {
  const first = validation![0]!;
  const where = first.instancePath.slice(1).replaceAll('/', '.') || validationContext;
  const words = first.keyword === 'pattern' ? patternWords.get(String(first.params.pattern)) : undefined;
  return `${where} ${words ?? first.message}`;
}

function pathOf(request: FastifyRequest): string {
  const path = request.url.split('?', 1)[0]!;
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function send(reply: FastifyReply, errorClass: ErrorClass, message: string): FastifyReply {
  return reply.code(errorStatus[errorClass]).send(errorBody(errorClass, message));
}

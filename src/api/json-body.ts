import type { FastifyInstance } from 'fastify';

/** Known clients send `Content-Type: application/json` with everything: an empty body is none, as the schema may want one. */
export function takeEmptyBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body, done);
  });
}

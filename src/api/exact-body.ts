import type { FastifySchema, FastifySchemaCompiler } from 'fastify';
import { Compile } from 'typebox/compile';

/**
 * For routes that change something: a body is taken as it is or not at all. The app's own compiler would make it fit: an
 * array of what is none, a text of a number, and nothing of a key that it does not know.
 */
export const exactBody: FastifySchemaCompiler<FastifySchema> = ({ schema }) => {
  const validator = Compile(schema as object);
  const check = (body: unknown): boolean => {
    const isValid = validator.Check(body);
    if (!isValid) check.errors = validator.Errors(body).map(toPlainError);
    return isValid;
  };
  check.errors = [] as SchemaError[];
  return check;
};

type SchemaError = ReturnType<ReturnType<typeof Compile>['Errors']>[number];

function toPlainError(error: SchemaError): SchemaError {
  return error.keyword === 'boolean' ? { ...error, message: 'is no key that is known here' } : error;
}

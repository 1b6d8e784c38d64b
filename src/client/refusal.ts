import { ServerError } from './connection.ts';

/** Refusals that say all themselves, and keep their class as code. */
const plainRefusals: readonly unknown[] = [
  'close_limit_error',
  'close_confirmation_error',
  'rate_limit_error',
  'audit_unavailable_error',
];

/** What an answer says that is not the one asked for. */
export function toError(status: number, body: unknown, name: string): ServerError {
  const { description, error_class: errorClass } = (body ?? {}) as { description?: unknown; error_class?: unknown };
  const text = typeof description === 'string' ? description : `status ${status}`;
  if (status === 401 || status === 403) return new ServerError('SERVER_DENIED', `${name}: ${text}`);
  if (plainRefusals.includes(errorClass)) return new ServerError(String(errorClass), `${name}: ${text}`);
  // A 503 carries the reader's own code, which says more than that the server failed.
  const reason = /^([A-Z][A-Z_]+): (.*)$/s.exec(text);
  return reason === null
    ? new ServerError('SERVER_ANSWER', `${name}: ${text}`)
    : new ServerError(reason[1]!, `${name}: ${reason[2]}`);
}

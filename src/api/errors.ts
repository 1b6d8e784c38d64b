import type { IdentityError } from '../sessions/index.ts';

/** Status of every error that the API answers with. `error_class` is the key; docs/errors.md explains each. */
export const errorStatus = {
  bad_parameter_error: 400,
  decode_error: 400,
  identity_syntax_error: 400,
  cred_invalid_sid_error: 400,
  cred_invalid_local_user_error: 400,
  cred_invalid_directory_user_error: 400,
  cred_ambiguous_user_error: 400,
  host_not_allowed_error: 400,
  http_syntax_error: 400,
  close_limit_error: 400,
  access_token_error: 400,
  bad_token_error: 401,
  bad_credentials_error: 401,
  privilege_error: 403,
  not_found_error: 404,
  session_not_found_error: 404,
  file_not_found_error: 404,
  share_not_found_error: 404,
  identity_not_found_error: 404,
  token_not_found_error: 404,
  method_not_allowed_error: 405,
  request_timeout_error: 408,
  close_confirmation_error: 409,
  body_too_large_error: 413,
  unsupported_media_type_error: 415,
  expectation_error: 417,
  rate_limit_error: 429,
  headers_too_large_error: 431,
  internal_error: 500,
  samba_unavailable_error: 503,
  identity_unavailable_error: 503,
  audit_unavailable_error: 503,
  ending_error: 503,
} as const satisfies Record<IdentityError['code'] | string, number>;

export type ErrorClass = keyof typeof errorStatus;

/** An answer that is an error. `message` goes to the client: what was wrong, and what would be right. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly errorClass: ErrorClass;
  readonly headers: Readonly<Record<string, string>>;

  constructor(errorClass: ErrorClass, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.errorClass = errorClass;
    this.headers = headers;
  }
}

/** The contract's error object. */
export interface ErrorBody {
  readonly module: string;
  readonly error_class: string;
  readonly description: string;
  readonly stack: readonly string[];
  readonly user_visible: boolean;
}

export function errorBody(errorClass: ErrorClass, description: string): ErrorBody {
  return { module: 'smbwho', error_class: errorClass, description, stack: [], user_visible: true };
}

/** Something of accounts, tokens or the record that is not as it should be. Codes are stable, see docs/errors.md. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;

  constructor(code: AccessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type AccessErrorCode =
  /** The state folder, or a file in it, can't be used. */
  | 'STATE_UNUSABLE'
  /** The operator's own key and certificate can't be used. */
  | 'CERTIFICATE_UNUSABLE'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_UNKNOWN'
  | 'ACCOUNT_UNKNOWN'
  | 'ACCOUNT_EXISTS'
  | 'ACCOUNT_NAME_INVALID'
  | 'PASSWORD_TOO_SHORT'
  | 'ROLE_UNKNOWN'
  | 'LIMIT_INVALID'
  | 'AUDIT_UNWRITABLE'
  | 'AUDIT_BROKEN';

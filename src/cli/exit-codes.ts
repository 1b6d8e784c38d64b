/** What a command's exit status says. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  denied: 4,
  partial: 5,
  sambaAbsent: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Exit status for the codes of problems and errors; anything else is a failure. */
const byCode = new Map<string, ExitCode>([
  ['CONFIG_INVALID', exitCodes.usage],
  ['SAMBA_ABSENT', exitCodes.sambaAbsent],
  ['SAMBA_DENIED', exitCodes.denied],
  ['SERVER_DENIED', exitCodes.denied],
  ['ACCOUNT_UNKNOWN', exitCodes.notFound],
  ['ACCOUNT_NAME_INVALID', exitCodes.usage],
  ['PASSWORD_TOO_SHORT', exitCodes.usage],
  ['ROLE_UNKNOWN', exitCodes.usage],
  ['LIMIT_INVALID', exitCodes.usage],
  ['identity_syntax_error', exitCodes.usage],
  ['cred_invalid_sid_error', exitCodes.usage],
  ['cred_invalid_local_user_error', exitCodes.notFound],
  ['cred_invalid_directory_user_error', exitCodes.notFound],
]);

export function exitCodeOf(code: string | undefined): ExitCode {
  return byCode.get(code ?? '') ?? exitCodes.failure;
}

/**
 * Why a private Samba could not do what was asked.
 *
 * - `SAMBA_NOT_INSTALLED`: smbd, or the program to run, is not in that root. Install the package there.
 * - `SAMBA_NEEDS_ROOT`: smbd changes users, so it must be started by root.
 * - `SAMBA_BAD_OPTION`: an option makes no sense, or the given folder already holds something.
 * - `SAMBA_START_FAILED`: smbd ended or did not listen in time, or the port is taken. The message ends with the log's last lines.
 * - `SAMBA_COMMAND_FAILED`: a program ended with another status than 0. The message holds what it said.
 * - `SAMBA_CLIENT_FAILED`: smbclient did not get its session, or ended early. The message holds what it said.
 * - `SAMBA_NO_JSON`: the smbstatus of this release has no `--json` (before 4.17).
 * - `SAMBA_STOPPED`: the instance has been stopped and cannot be used any more.
 */
export type SambaErrorCode =
  | 'SAMBA_NOT_INSTALLED'
  | 'SAMBA_NEEDS_ROOT'
  | 'SAMBA_BAD_OPTION'
  | 'SAMBA_START_FAILED'
  | 'SAMBA_COMMAND_FAILED'
  | 'SAMBA_CLIENT_FAILED'
  | 'SAMBA_NO_JSON'
  | 'SAMBA_STOPPED';

/** The one error class of this folder; tell the cases apart by `code`. */
export class SambaError extends Error {
  override readonly name = 'SambaError';
  readonly code: SambaErrorCode;

  constructor(code: SambaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

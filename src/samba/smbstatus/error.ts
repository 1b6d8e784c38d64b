/** Why smbstatus gave no list. */
export class SmbstatusError extends Error {
  override readonly name = 'SmbstatusError';
  readonly code:
    | 'SMBSTATUS_UNAVAILABLE'
    | 'SMBSTATUS_TOO_SLOW'
    | 'SMBSTATUS_TOO_LARGE'
    | 'SMBSTATUS_FAILED'
    | 'SMBSTATUS_STOPPED';

  constructor(code: SmbstatusError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

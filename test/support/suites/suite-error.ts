/**
 * Why a release can't be tested here.
 *
 * - `SUITE_NEEDS_ROOT`: a Debian is built, and entered, by root only.
 * - `SUITE_NO_DEBOOTSTRAP`: the program that builds it is not installed. The message names the package.
 * - `SUITE_NO_MIRROR`: apt knows no archive of Debian to build from.
 * - `SUITE_BUILD_FAILED`: the message ends with what debootstrap said last: mostly that the archive can't be reached.
 * - `SUITE_OTHER_RELEASE`: that Debian has another Samba by now. The message says which.
 */
export type SuiteErrorCode =
  | 'SUITE_NEEDS_ROOT'
  | 'SUITE_NO_DEBOOTSTRAP'
  | 'SUITE_NO_MIRROR'
  | 'SUITE_BUILD_FAILED'
  | 'SUITE_OTHER_RELEASE';

/** The one error class of this folder; tell the cases apart by `code`. */
export class SuiteError extends Error {
  override readonly name = 'SuiteError';
  readonly code: SuiteErrorCode;

  constructor(code: SuiteErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

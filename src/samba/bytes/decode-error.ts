/** Every code a decoder can fail with. A code is stable and never reused; docs/errors.md says what to do about each. */
export const decodeErrorKinds = {
  BYTES_TRUNCATED: 'truncated',
  TDB_NOT_TDB: 'corrupt',
  TDB_BAD_VERSION: 'unsupported',
  TDB_BYTE_ORDER: 'unsupported',
  TDB_FEATURES: 'unsupported',
  TDB_TRUNCATED: 'truncated',
  TDB_BAD_HEADER: 'corrupt',
  TDB_BAD_CHAIN: 'corrupt',
  NDR_BAD_POINTER: 'corrupt',
  NDR_BAD_STRING: 'corrupt',
  NDR_BAD_COUNT: 'corrupt',
  NDR_BAD_SID: 'corrupt',
  RECORD_BAD_VALUE: 'corrupt',
  RECORD_BAD_VERSION: 'unsupported',
  RECORD_LAYOUT_UNKNOWN: 'unsupported',
  RECORD_KEY_MISMATCH: 'corrupt',
  RECORD_TRAILING_BYTES: 'corrupt',
} as const;

export type DecodeErrorCode = keyof typeof decodeErrorKinds;
/** truncated: the bytes end too early. corrupt: they contradict themselves. unsupported: a layout that is not known here. */
export type DecodeErrorKind = (typeof decodeErrorKinds)[DecodeErrorCode];

/** Bytes that are not what they should be. Says where: `offsetBytes` counts from the start of the file or record. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code: DecodeErrorCode;
  readonly offsetBytes: number;

  constructor(code: DecodeErrorCode, message: string, offsetBytes: number) {
    super(`${message} (at byte ${offsetBytes})`);
    this.code = code;
    this.offsetBytes = offsetBytes;
  }

  get kind(): DecodeErrorKind {
    return decodeErrorKinds[this.code];
  }
}

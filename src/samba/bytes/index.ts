/** @module Numbers and text out of bytes, bounds-checked. The only code that reads them. */
export { Cursor, readU32, readU32be } from './cursor.ts';
export { DecodeError, type DecodeErrorCode, type DecodeErrorKind, decodeErrorKinds } from './decode-error.ts';
export { putU32, putU64 } from './put.ts';

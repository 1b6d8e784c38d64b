import { Cursor, DecodeError, putU32, readU32 } from '../bytes/index.ts';

/**
 * nsswitch/winbind_struct_protocol.h: `struct winbindd_request` and `struct winbindd_response`, one size and one layout in
 * Samba 4.13 to 4.25 (interface versions 31 to 33), on 32-bit hosts as well. Of the commands only those whose numbers are the
 * same in all of them: from 39 up they were renumbered.
 */
const requestBytes = 2136;
export const responseBytes = 4008;
/** No answer to what is asked here is longer, however many domains are trusted. */
export const maxResponseBytes = responseBytes + 1024 * 1024;

const textBytes = 256;
const domainNameAt = 24;
const dataAt = 320;
const extraLengthAt = 2128;

/** `enum winbindd_cmd` */
export const command = {
  interfaceVersion: 0,
  getpwsid: 3,
  listTrustdom: 20,
  lookupsid: 21,
  lookupname: 22,
  sidsToXids: 25,
  xidsToSids: 26,
  pingDc: 31,
  ping: 32,
} as const;

export interface Request {
  readonly command: (typeof command)[keyof typeof command];
  readonly domainName?: string;
  /** The texts at the head of the request's union, 256 bytes each. */
  readonly texts?: readonly string[];
  /** What follows the struct. */
  readonly extra?: string;
}

/** @returns null where a text has no room, and so names nothing that winbindd knows */
export function encodeRequest({ command, domainName = '', texts = [], extra = '' }: Request): Buffer | null {
  const extraBytes = Buffer.byteLength(extra);
  const bytes = Buffer.alloc(requestBytes + (extraBytes === 0 ? 0 : extraBytes + 1));
  putU32(bytes, 0, requestBytes);
  putU32(bytes, 4, command);
  const places = [domainName, ...texts].map((text, i) => ({
    text,
    at: i === 0 ? domainNameAt : dataAt + (i - 1) * textBytes,
  }));
  for (const { text, at } of places) {
    if (Buffer.byteLength(text) >= textBytes || text.includes('\0')) return null;
    bytes.write(text, at);
  }
  if (extraBytes > 0) {
    putU32(bytes, extraLengthAt, extraBytes + 1);
    bytes.write(extra, requestBytes);
  }
  return bytes;
}

/** `enum winbindd_result` */
const resultError = 0;
const resultOk = 2;

/** An answer: `data` stands at its union, `extra` is the text behind the struct. */
export interface Response {
  readonly data: Cursor;
  readonly extra: string;
}

/**
 * How long an answer is that begins with these four bytes or more.
 *
 * @throws DecodeError where it says a length that no answer has
 */
export function lengthOfResponse(head: Buffer): number {
  const lengthBytes = readU32(head, 0);
  if (lengthBytes < responseBytes || lengthBytes > maxResponseBytes) {
    throw new DecodeError('RECORD_BAD_VALUE', `an answer of ${lengthBytes} bytes`, 0);
  }
  return lengthBytes;
}

/**
 * Reads one whole answer.
 *
 * @returns null where winbindd says that it can't: there is no such account, or nobody whom it could ask
 * @throws DecodeError where the bytes are no answer
 */
export function parseResponse(bytes: Buffer): Response | null {
  const cursor = new Cursor(bytes, 0, responseBytes);
  if (bytes.length < responseBytes || lengthOfResponse(bytes) !== bytes.length) {
    cursor.fail('BYTES_TRUNCATED', `${bytes.length} bytes are no whole answer`);
  }
  cursor.skip(4);
  const result = cursor.u32();
  if (result === resultError) return null;
  if (result !== resultOk) cursor.fail('RECORD_BAD_VALUE', `result ${result}`);
  const end = bytes.indexOf(0, responseBytes);
  return { data: cursor, extra: bytes.toString('utf8', responseBytes, end < 0 ? bytes.length : end) };
}

/** A text in a field of 256 bytes, which a zero ends. */
export function readText(cursor: Cursor): string {
  const text = cursor.utf8(textBytes);
  const end = text.indexOf('\0');
  if (end < 0) cursor.fail('RECORD_BAD_VALUE', 'a text without an end');
  return text.slice(0, end);
}

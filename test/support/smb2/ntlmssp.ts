import { randomBytes } from 'node:crypto';
import { answerNtlmv2, hmacMd5 } from './ntlmv2.ts';
import { utf16, WireWriter } from './wire-writer.ts';

/** Who logs in. */
export type Credentials = {
  readonly user?: string;
  readonly password?: string;
  readonly domain?: string;
  readonly workstation?: string;
  /** Log in as nobody at all; user and password are then ignored. */
  readonly anonymous?: boolean;
};

const signature = Buffer.from('NTLMSSP\0', 'latin1');

// NegotiateFlags, [MS-NLMP] 2.2.2.5. Without key exchange the session key is the NTLMv2 session base key.
const negotiateUnicode = 0x0000_0001;
const requestTarget = 0x0000_0004;
const negotiateSign = 0x0000_0010;
const negotiateNtlm = 0x0000_0200;
const negotiateAnonymous = 0x0000_0800;
const alwaysSign = 0x0000_8000;
const extendedSessionSecurity = 0x0008_0000;
const negotiateTargetInfo = 0x0080_0000;
const negotiate128 = 0x2000_0000;
const clientFlags =
  negotiateUnicode |
  requestTarget |
  negotiateSign |
  negotiateNtlm |
  alwaysSign |
  extendedSessionSecurity |
  negotiate128;

// AV_PAIR ids, [MS-NLMP] 2.2.2.1.
const avEndOfList = 0;
const avFlags = 6;
const avTimestamp = 7;
const avFlagMicPresent = 2;

const micOffset = 72;
const micBytes = 16;

/** NEGOTIATE_MESSAGE, [MS-NLMP] 2.2.1.1. */
export function encodeNegotiateMessage(): Buffer {
  return new WireWriter().raw(signature).u32(1).u32(clientFlags).zeros(16).finish();
}

/**
 * Answers a server's CHALLENGE_MESSAGE.
 * @returns the AUTHENTICATE_MESSAGE, [MS-NLMP] 2.2.1.3, and the session key; an anonymous login has an empty key.
 */
export function answerChallenge(
  credentials: Credentials,
  negotiateMessage: Buffer,
  challengeMessage: Buffer,
): { readonly message: Buffer; readonly sessionKey: Buffer } {
  if (credentials.anonymous) return { message: encodeAnonymous(credentials), sessionKey: Buffer.alloc(0) };

  const { user = '', password = '', domain = '', workstation = '' } = credentials;
  const challenge = parseChallenge(challengeMessage);
  const { response, sessionKey } = answerNtlmv2({
    user,
    domain,
    password,
    serverChallenge: challenge.serverChallenge,
    clientChallenge: randomBytes(8),
    targetInfo: announceMic(challenge.targetInfo),
    time: challenge.timestamp ?? now(),
  });
  const fields = { lmResponse: Buffer.alloc(24), ntResponse: response, domain, user, workstation };
  const message = encodeAuthenticate(fields, clientFlags | negotiateTargetInfo);
  hmacMd5(sessionKey, negotiateMessage, challengeMessage, message).copy(message, micOffset);
  return { message, sessionKey };
}

/** CHALLENGE_MESSAGE, [MS-NLMP] 2.2.1.2. */
function parseChallenge(message: Buffer): {
  readonly serverChallenge: Buffer;
  readonly targetInfo: Buffer;
  readonly timestamp: bigint | undefined;
} {
  const length = message.readUInt16LE(40);
  const offset = message.readUInt32LE(44);
  const targetInfo = message.subarray(offset, offset + length);
  const timestamp = findAvPair(targetInfo, avTimestamp);
  return { serverChallenge: message.subarray(24, 32), targetInfo, timestamp: timestamp?.readBigUInt64LE() };
}

function findAvPair(targetInfo: Buffer, wanted: number): Buffer | undefined {
  let offset = 0;
  while (offset + 4 <= targetInfo.length) {
    const id = targetInfo.readUInt16LE(offset);
    const end = offset + 4 + targetInfo.readUInt16LE(offset + 2);
    if (id === avEndOfList) return undefined;
    if (id === wanted) return targetInfo.subarray(offset + 4, end);
    offset = end;
  }
  return undefined;
}

/** Adds the flag that tells the server to check our message integrity code. */
function announceMic(targetInfo: Buffer): Buffer {
  const pairs = targetInfo.subarray(0, -4);
  return new WireWriter().raw(pairs).u16(avFlags).u16(4).u32(avFlagMicPresent).u16(avEndOfList).u16(0).finish();
}

function encodeAnonymous({ workstation = '' }: Credentials): Buffer {
  const fields = { lmResponse: Buffer.alloc(1), ntResponse: Buffer.alloc(0), domain: '', user: '', workstation };
  return encodeAuthenticate(fields, clientFlags | negotiateAnonymous);
}

type AuthenticateFields = {
  readonly lmResponse: Buffer;
  readonly ntResponse: Buffer;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
};

function encodeAuthenticate(fields: AuthenticateFields, flags: number): Buffer {
  const encryptedSessionKey = Buffer.alloc(0);
  const payloads = [
    fields.lmResponse,
    fields.ntResponse,
    utf16(fields.domain),
    utf16(fields.user),
    utf16(fields.workstation),
    encryptedSessionKey,
  ];
  const writer = new WireWriter().raw(signature).u32(3);
  let offset = micOffset + micBytes;
  for (const { length } of payloads) {
    writer.u16(length).u16(length).u32(offset);
    offset += length;
  }
  writer.u32(flags).zeros(8).zeros(micBytes);
  for (const payload of payloads) writer.raw(payload);
  return writer.finish();
}

function now(): bigint {
  const unixEpoch = 116_444_736_000_000_000n;
  return BigInt(Date.now()) * 10_000n + unixEpoch;
}

import { createHmac } from 'node:crypto';
import { md4 } from './md4.ts';
import { utf16, WireWriter } from './wire-writer.ts';

/** What a server's challenge and the client's own choices contribute to an NTLMv2 answer. */
export type Ntlmv2Inputs = {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  readonly serverChallenge: Buffer;
  readonly clientChallenge: Buffer;
  readonly targetInfo: Buffer;
  /** The time as an NTTIME: 100 ns steps since 1601. */
  readonly time: bigint;
};

/** The NT hash of a password: MD4 of its UTF-16LE bytes. */
export function ntHash(password: string): Buffer {
  return md4(utf16(password));
}

/** NTOWFv2, [MS-NLMP] 3.3.2: the key that stands for a user and a password. */
export function ntlmv2Key(user: string, domain: string, password: string): Buffer {
  return hmacMd5(ntHash(password), utf16(upperCase(user) + domain));
}

/** The NTLMv2 answer to a challenge and the session base key that follows from it, [MS-NLMP] 3.3.2. */
export function answerNtlmv2(inputs: Ntlmv2Inputs): { readonly response: Buffer; readonly sessionKey: Buffer } {
  const key = ntlmv2Key(inputs.user, inputs.domain, inputs.password);
  const blob = encodeBlob(inputs);
  const proof = hmacMd5(key, inputs.serverChallenge, blob);
  return { response: Buffer.concat([proof, blob]), sessionKey: hmacMd5(key, proof) };
}

/** HMAC-MD5 over the given pieces. */
export function hmacMd5(key: Buffer, ...pieces: readonly Uint8Array[]): Buffer {
  const hmac = createHmac('md5', key);
  for (const piece of pieces) hmac.update(piece);
  return hmac.digest();
}

/** NTLMv2_CLIENT_CHALLENGE, [MS-NLMP] 2.2.2.7. */
function encodeBlob({ time, clientChallenge, targetInfo }: Ntlmv2Inputs): Buffer {
  return new WireWriter()
    .u8(1)
    .u8(1)
    .zeros(6)
    .u64(time)
    .raw(clientChallenge)
    .zeros(4)
    .raw(targetInfo)
    .zeros(4)
    .finish();
}

/** Servers raise each character by itself, so a letter whose capital form is longer ("ß") stays as it is. */
function upperCase(text: string): string {
  const raise = (character: string): string => {
    const raised = character.toUpperCase();
    return raised.length === character.length ? raised : character;
  };
  return Array.from(text, raise).join('');
}

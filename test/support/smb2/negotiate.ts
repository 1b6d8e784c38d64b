import { randomBytes } from 'node:crypto';
import { type Dialect, dialectCodes, dialectOf } from './dialects.ts';
import { ProtocolError } from './errors.ts';
import { headerBytes } from './header.ts';
import { type Cipher, cipherCodes } from './sealing.ts';
import { type SigningAlgorithm, signingCodes } from './signing.ts';
import { WireWriter } from './wire-writer.ts';

/** What the client offers. */
export type Offer = {
  readonly dialects: readonly Dialect[];
  readonly ciphers: readonly Cipher[];
  readonly signings: readonly SigningAlgorithm[];
  readonly clientGuid: Buffer;
};

/** What the server chose. */
export type Agreement = {
  readonly dialect: Dialect;
  /** Undefined where nothing can be encrypted. */
  readonly cipher: Cipher | undefined;
  readonly signing: SigningAlgorithm;
  readonly serverGuid: Buffer;
  readonly capabilities: number;
  readonly requiresSigning: boolean;
  readonly maxReadBytes: number;
  readonly maxWriteBytes: number;
};

/** SecurityMode, [MS-SMB2] 2.2.3. */
export const securityMode = { signingEnabled: 1, signingRequired: 2 } as const;

/** Capabilities, [MS-SMB2] 2.2.3. */
export const capabilities = {
  dfs: 1,
  leasing: 2,
  largeMtu: 4,
  multiChannel: 8,
  persistentHandles: 0x10,
  directoryLeasing: 0x20,
  encryption: 0x40,
} as const;

const contextTypes = { preauthIntegrity: 1, encryption: 2, signing: 8 } as const;
const sha512Code = 1;

/** NEGOTIATE request, [MS-SMB2] 2.2.3. */
export function encodeNegotiateRequest(offer: Offer): Buffer {
  const contexts = offer.dialects.includes('3.1.1') ? encodeContexts(offer) : [];
  const fixedBytes = 36;
  const contextsOffset = align8(headerBytes + fixedBytes + 2 * offer.dialects.length);
  const writer = new WireWriter()
    .u16(fixedBytes)
    .u16(offer.dialects.length)
    .u16(securityMode.signingEnabled)
    .u16(0)
    .u32(clientCapabilities(offer))
    .raw(offer.clientGuid)
    .u32(contexts.length > 0 ? contextsOffset : 0)
    .u16(contexts.length)
    .u16(0);
  for (const dialect of offer.dialects) writer.u16(dialectCodes[dialect]);
  for (const context of contexts) writer.align(8).raw(context);
  return writer.finish();
}

/** NEGOTIATE response, [MS-SMB2] 2.2.4. */
export function parseNegotiateResponse(body: Buffer): Agreement {
  const dialect = dialectOf(body.readUInt16LE(4));
  if (dialect === undefined) throw new ProtocolError('the server chose a dialect that was not offered');
  const contexts = dialect === '3.1.1' ? parseContexts(body) : new Map<number, Buffer>();
  const serverCapabilities = body.readUInt32LE(24);
  return {
    dialect,
    cipher: chosenCipher(dialect, serverCapabilities, contexts.get(contextTypes.encryption)),
    signing: chosenSigning(dialect, contexts.get(contextTypes.signing)),
    serverGuid: Buffer.from(body.subarray(8, 24)),
    capabilities: serverCapabilities,
    requiresSigning: (body.readUInt16LE(2) & securityMode.signingRequired) !== 0,
    maxReadBytes: body.readUInt32LE(32),
    maxWriteBytes: body.readUInt32LE(36),
  };
}

function clientCapabilities({ ciphers }: Offer): number {
  const always =
    capabilities.leasing | capabilities.largeMtu | capabilities.multiChannel | capabilities.directoryLeasing;
  return ciphers.length > 0 ? always | capabilities.encryption : always;
}

/** NEGOTIATE_CONTEXT list, [MS-SMB2] 2.2.3.1. A list of choices must not be empty, so an empty one is left out. */
function encodeContexts(offer: Offer): readonly Buffer[] {
  const salt = randomBytes(32);
  const preauthIntegrity = new WireWriter().u16(1).u16(salt.length).u16(sha512Code).raw(salt).finish();
  const ciphers = offer.ciphers.map((cipher) => cipherCodes[cipher]);
  const signings = offer.signings.map((signing) => signingCodes[signing]);
  const contexts = [encodeContext(contextTypes.preauthIntegrity, preauthIntegrity)];
  if (ciphers.length > 0) contexts.push(encodeContext(contextTypes.encryption, encodeCodes(ciphers)));
  if (signings.length > 0) contexts.push(encodeContext(contextTypes.signing, encodeCodes(signings)));
  return contexts;
}

function encodeContext(type: number, data: Buffer): Buffer {
  return new WireWriter().u16(type).u16(data.length).u32(0).raw(data).finish();
}

function encodeCodes(codes: readonly number[]): Buffer {
  const writer = new WireWriter().u16(codes.length);
  for (const code of codes) writer.u16(code);
  return writer.finish();
}

function parseContexts(body: Buffer): ReadonlyMap<number, Buffer> {
  const contexts = new Map<number, Buffer>();
  let offset = body.readUInt32LE(60) - headerBytes;
  for (let left = body.readUInt16LE(6); left > 0; left--) {
    const end = offset + 8 + body.readUInt16LE(offset + 2);
    contexts.set(body.readUInt16LE(offset), body.subarray(offset + 8, end));
    offset = align8(end);
  }
  return contexts;
}

function chosenCipher(dialect: Dialect, serverCapabilities: number, context: Buffer | undefined): Cipher | undefined {
  if (dialect === '3.1.1') return context && keyOf(cipherCodes, context.readUInt16LE(2));
  return dialect !== '2.1' && serverCapabilities & capabilities.encryption ? 'aes-128-ccm' : undefined;
}

function chosenSigning(dialect: Dialect, context: Buffer | undefined): SigningAlgorithm {
  if (dialect === '2.1') return 'hmac-sha256';
  return (context && keyOf(signingCodes, context.readUInt16LE(2))) ?? 'aes-128-cmac';
}

function keyOf<Key extends string>(codes: Readonly<Record<Key, number>>, code: number): Key | undefined {
  return (Object.keys(codes) as Key[]).find((key) => codes[key] === code);
}

function align8(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}

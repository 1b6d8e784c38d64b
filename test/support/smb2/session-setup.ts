import { headerBytes } from './header.ts';
import { securityMode } from './negotiate.ts';
import { WireWriter } from './wire-writer.ts';

/** SessionFlags of an answer, [MS-SMB2] 2.2.6. */
export const sessionFlags = { isGuest: 1, isAnonymous: 2, encryptData: 4 } as const;

/** What a SESSION_SETUP request says. */
export type SessionSetup = {
  readonly token: Buffer;
  readonly isBinding?: boolean;
  readonly requiresSigning?: boolean;
  readonly previousSessionId?: bigint;
};

const fixedBytes = 24;

/** SESSION_SETUP request, [MS-SMB2] 2.2.5. */
export function encodeSessionSetup(setup: SessionSetup): Buffer {
  const { token, isBinding = false, requiresSigning = false, previousSessionId = 0n } = setup;
  return new WireWriter()
    .u16(fixedBytes + 1)
    .u8(isBinding ? 1 : 0)
    .u8(requiresSigning ? securityMode.signingRequired : securityMode.signingEnabled)
    .u32(0)
    .u32(0)
    .u16(headerBytes + fixedBytes)
    .u16(token.length)
    .u64(previousSessionId)
    .raw(token)
    .finish();
}

/** SESSION_SETUP response, [MS-SMB2] 2.2.6. */
export function parseSessionSetup(body: Buffer): { readonly flags: number; readonly token: Buffer } {
  const start = body.readUInt16LE(4) - headerBytes;
  return { flags: body.readUInt16LE(2), token: body.subarray(start, start + body.readUInt16LE(6)) };
}

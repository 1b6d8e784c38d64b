import { headerBytes } from './header.ts';
import { utf16, WireWriter } from './wire-writer.ts';

/** ShareFlags, [MS-SMB2] 2.2.10. */
export const shareFlags = { encryptData: 0x8000 } as const;

/** ShareType, [MS-SMB2] 2.2.10. */
export const shareTypes = { disk: 1, pipe: 2, print: 3 } as const;

const fixedBytes = 8;

/** TREE_CONNECT request, [MS-SMB2] 2.2.9. */
export function encodeTreeConnect(path: string): Buffer {
  const name = utf16(path);
  return new WireWriter()
    .u16(fixedBytes + 1)
    .u16(0)
    .u16(headerBytes + fixedBytes)
    .u16(name.length)
    .raw(name)
    .finish();
}

/** TREE_CONNECT response, [MS-SMB2] 2.2.10. */
export function parseTreeConnect(body: Buffer): { readonly type: number; readonly flags: number } {
  return { type: body.readUInt8(2), flags: body.readUInt32LE(4) };
}

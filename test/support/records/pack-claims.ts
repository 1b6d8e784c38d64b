import type { NdrPacker } from './packer.ts';

/** `CLAIM_SECURITY_ATTRIBUTE_TYPE_*` */
export const claimTypes = { int64: 1, uint64: 2, string: 3, sid: 5, boolean: 6, octetString: 16 } as const;

/** One `CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1`. SIDs are text, octet strings hexadecimal digits. */
export type Claim = { readonly name: string | null } & (
  | { readonly type: 'int64' | 'uint64' | 'boolean'; readonly values: readonly bigint[] }
  | { readonly type: 'string' | 'sid' | 'octetString'; readonly values: readonly string[] }
);

export interface ClaimSets {
  readonly local: readonly Claim[];
  readonly user: readonly Claim[];
  readonly device: readonly Claim[];
}

/** What 4.20 added to a token. Names and values lie behind its last field, where the pointers at them then point. */
export function packClaims(packer: NdrPacker, { local, user, device }: ClaimSets, deviceSids: readonly string[]): void {
  const sets = [local, user, device];
  for (const set of sets) packer.u32(set.length);
  packer.u32(deviceSids.length);
  const deferred: (() => void)[] = [];
  for (const set of sets) {
    packer.u32(set.length);
    for (const claim of set) deferred.push(...packClaim(packer, claim));
  }
  packer.u32(deviceSids.length);
  for (const sid of deviceSids) packer.sid(sid);
  packer.u16(2);
  for (const packDeferred of deferred) packDeferred();
}

function packClaim(packer: NdrPacker, { name, type, values }: Claim): (() => void)[] {
  const deferred: (() => void)[] = [];
  if (name === null) packer.u32(0);
  else deferred.push(pointAtText(packer, name));
  packer.u16(claimTypes[type]).u32(type === 'string' ? 2 : 0);
  packer.u32(values.length);
  for (const value of values) {
    if (type === 'string') deferred.push(pointAtText(packer, value as string));
    else deferred.push(pointAt(packer, () => packValue(packer, type, value)));
  }
  return deferred;
}

function packValue(packer: NdrPacker, type: Claim['type'], value: bigint | string): void {
  if (typeof value === 'bigint') packer.raw64(value);
  else {
    const bytes = Buffer.from(value, type === 'octetString' ? 'hex' : 'utf8');
    packer.raw32(bytes.length).raw(bytes);
  }
}

function pointAtText(packer: NdrPacker, text: string): () => void {
  const pointHere = packer.relativePointer();
  return () => {
    packer.align(2);
    pointHere();
    packer.raw(Buffer.from(`${text}\0`, 'utf16le'));
  };
}

function pointAt(packer: NdrPacker, pack: () => void): () => void {
  const pointHere = packer.relativePointer();
  return () => {
    pointHere();
    pack();
  };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordKind } from './kinds.ts';

/** What the bindings of one release made of the cases. */
export interface PackedBySamba {
  readonly release: string;
  readonly package: string;
  readonly bytesOf: (kind: RecordKind, name: string) => Buffer;
}

export function readPackedBySamba(): PackedBySamba[] {
  const folder = join(import.meta.dirname, 'packed');
  return readdirSync(folder).map((file) => {
    const packed = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return {
      release: packed.release,
      package: packed.package,
      bytesOf: (kind, name) => Buffer.from(packed[kind][name], 'base64'),
    };
  });
}

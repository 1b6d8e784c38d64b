import { statSync } from 'node:fs';
import { join } from 'node:path';

/** How large the three databases of a server are together. They never shrink. */
export function filesBytes(lockDirectory: string): number {
  return ['session', 'tcon', 'open']
    .map((name) => statSync(join(lockDirectory, `smbXsrv_${name}_global.tdb`), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size);
}

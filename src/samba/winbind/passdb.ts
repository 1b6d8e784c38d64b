import { readFileSync } from 'node:fs';
import { Cursor } from '../bytes/index.ts';
import { visitAtRest } from '../tdb/index.ts';

/** Where a server keeps its own accounts. `other`: in an LDAP or AD database, which is not read here. */
export type PassdbPlace =
  | { readonly backend: 'tdbsam' | 'smbpasswd'; readonly path: string }
  | { readonly backend: 'other' };

/**
 * The names of a server's own accounts by their RID. Both files hold password hashes: of `passdb.tdb` only the records
 * `RID_xxxxxxxx` are decoded, which hold a name, of smbpasswd only name and uid. The bytes are overwritten.
 *
 * @returns null where they can't be read
 */
export function readPassdb(place: PassdbPlace): ReadonlyMap<number, string> | null {
  try {
    switch (place.backend) {
      case 'tdbsam':
        return readTdbsam(place.path);
      case 'smbpasswd':
        return readSmbpasswd(place.path);
      case 'other':
        return null;
    }
  } catch (error) {
    // A server that never had an account has no file.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Map() : null;
  }
}

/**
 * The SID of a server itself, whose RIDs are those of its own accounts: `SECRETS/SID/<NAME>` in `secrets.tdb`
 * (source3/passdb/machine_account_secrets.c). No other record of that file is decoded, and its bytes are overwritten.
 *
 * @returns null where it can't be read
 */
export function readServerSid(secretsPath: string, netbiosName: string): string | null {
  const wanted = Buffer.from(`SECRETS/SID/${netbiosName}`);
  let sid: string | null = null;
  try {
    visitAtRest(secretsPath, (key, data) => {
      if (key.equals(wanted)) sid = decodeDomSid(data);
    });
  } catch {
    return null;
  }
  return sid;
}

/** source3/passdb/pdb_tdb.c: the key is `RID_` and eight hex digits, the value a name; each with a zero at its end. */
function readTdbsam(path: string): Map<number, string> {
  const names = new Map<number, string>();
  visitAtRest(path, (key, data) => {
    const [, rid] = key.length === ridKeyBytes ? (/^RID_([\da-f]{8})\0$/.exec(key.toString('latin1')) ?? []) : [];
    if (rid !== undefined) names.set(Number.parseInt(rid, 16), data.toString('utf8', 0, Math.max(0, data.length - 1)));
  });
  return names;
}

const ridKeyBytes = 'RID_xxxxxxxx0'.length;

/** A `struct dom_sid` as C has it: revision, count, authority, 15 sub-authorities always. */
function decodeDomSid(bytes: Buffer): string {
  const cursor = new Cursor(bytes);
  const [revision, count] = [cursor.u8(), cursor.u8()];
  const authority = Number.parseInt(cursor.hex(6), 16);
  if (revision !== 1 || count > 15) cursor.fail('RECORD_BAD_VALUE', 'no SID');
  return `S-1-${authority}${Array.from({ length: count }, () => `-${cursor.u32()}`).join('')}`;
}

/** `algorithmic rid base`, which nobody changes: a RID of this backend comes from the uid. */
const algorithmicBase = 1000;

/** smbpasswd(5): name, uid, hashes, … Only the first two fields become text, which nothing could overwrite. */
function readSmbpasswd(path: string): Map<number, string> {
  const bytes = readFileSync(path);
  const names = new Map<number, string>();
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf('\n', at);
    const nameEnd = bytes.indexOf(':', at);
    const uidEnd = bytes.indexOf(':', nameEnd + 1);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    if (nameEnd >= 0 && uidEnd >= 0 && uidEnd < end) {
      const uid = bytes.toString('latin1', nameEnd + 1, uidEnd);
      if (/^\d{1,9}$/.test(uid)) names.set(2 * Number(uid) + algorithmicBase, bytes.toString('utf8', at, nameEnd));
    }
    at = end + 1;
  }
  bytes.fill(0);
  return names;
}

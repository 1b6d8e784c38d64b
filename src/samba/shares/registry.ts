import { join } from 'node:path';
import { Cursor, DecodeError } from '../bytes/index.ts';
import { visitAtRest } from '../tdb/index.ts';

/** A section of the configuration in Samba's registry: a share, or `global`. */
export interface RegistrySection {
  readonly name: string;
  /** As they stand there; the files that it includes come last, one `include` each, as Samba has them. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

const base = 'HKLM\\SOFTWARE\\SAMBA\\SMBCONF';
const valuesPrefix = 'SAMBA_REGVAL\\';
/** REGDB_VERSION_V3, which every Samba from 4.0 on brings its registry to. */
const knownVersion = 3;
const [regSz, regMultiSz] = [1, 7];

/**
 * The configuration in `registry.tdb` (source3/registry/reg_backend_db.c): below one key, a subkey for each share. No other
 * key of the registry is decoded.
 *
 * @param stateDirectory a path of ours
 * @returns nothing where there is no such file, or no configuration in it
 * @throws DecodeError, or the system's error where it can't be read
 */
export function readRegistry(stateDirectory: string): readonly RegistrySection[] {
  const keys = new Map<string, RegistrySection['values']>();
  let names: readonly string[] = [];
  let version = knownVersion;
  visitRecords(join(stateDirectory, 'registry.tdb'), (key, data) => {
    if (key === 'INFO/version') version = new Cursor(data).u32();
    else if (key === base) names = decodeSubkeys(data);
    else if (key.startsWith(`${valuesPrefix}${base}\\`)) keys.set(key.slice(valuesPrefix.length), decodeValues(data));
  });
  if (version !== knownVersion) throw new DecodeError('RECORD_BAD_VERSION', `a registry of version ${version}`, 0);
  return names.map((name) => ({ name, values: keys.get(`${base}\\${upperCase(name)}`) ?? [] }));
}

function visitRecords(path: string, visit: (key: string, data: Buffer) => void): void {
  try {
    visitAtRest(path, (key, data) => visit(key.toString('utf8', 0, Math.max(0, key.length - 1)), data));
  } catch (error) {
    // A server that never had a registry has no file.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** tdb_pack `d`, then `f` for each. */
function decodeSubkeys(data: Buffer): string[] {
  const cursor = new Cursor(data);
  const count = cursor.u32();
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push(readText(cursor, data));
  return names;
}

/** tdb_pack `d`, then `fdB` for each: name, type, data. */
function decodeValues(data: Buffer): RegistrySection['values'] {
  const cursor = new Cursor(data);
  const count = cursor.u32();
  const values: [string, string][] = [];
  const includes: [string, string][] = [];
  for (let i = 0; i < count; i++) {
    const name = readText(cursor, data);
    const type = cursor.u32();
    const lengthBytes = cursor.u32();
    const at = cursor.offsetBytes;
    cursor.skip(lengthBytes);
    const texts = data.toString('utf16le', at, at + lengthBytes).split('\0');
    if (type === regSz) values.push([name, texts[0]!]);
    if (type === regMultiSz && name.toLowerCase() === 'includes') {
      includes.push(...texts.filter((text) => text !== '').map((text): [string, string] => ['include', text]));
    }
  }
  return [...values, ...includes];
}

/** `f`: text up to its zero. */
function readText(cursor: Cursor, data: Buffer): string {
  const end = data.indexOf(0, cursor.offsetBytes);
  if (end < 0) cursor.fail('BYTES_TRUNCATED', 'a text without its end');
  const text = cursor.utf8(end - cursor.offsetBytes);
  cursor.skip(1);
  return text;
}

/** As Samba does it, letter by letter: `ß` stays. */
function upperCase(name: string): string {
  return [...name]
    .map((letter) => (letter.toUpperCase().length === letter.length ? letter.toUpperCase() : letter))
    .join('');
}

/** One record of a TDB file. */
export interface TdbRecord {
  readonly key: Buffer;
  readonly data: Buffer;
}

const RECORD = /\{\nkey\((\d+)\) = "(.*)"\ndata\((\d+)\) = "(.*)"\n\}/g;

/** Parses the output of tdbdump, where every byte that is no plain letter is a backslash and two hex digits. */
export function parseTdbdump(dump: string): readonly TdbRecord[] {
  return [...dump.matchAll(RECORD)].map(([, keyLength, key, dataLength, data]) => ({
    key: toBytes(key!, Number(keyLength)),
    data: toBytes(data!, Number(dataLength)),
  }));
}

function toBytes(escaped: string, lengthBytes: number): Buffer {
  const text = escaped.replace(/\\([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length !== lengthBytes) throw new Error(`tdbdump: ${bytes.length} bytes instead of ${lengthBytes}`);
  return bytes;
}

/** The dialects of SMB that this client speaks, oldest first. */
export const dialects = ['2.1', '3.0', '3.0.2', '3.1.1'] as const;

/** A dialect of SMB. */
export type Dialect = (typeof dialects)[number];

/** DialectRevision, [MS-SMB2] 2.2.4. */
export const dialectCodes: Readonly<Record<Dialect, number>> = {
  '2.1': 0x0210,
  '3.0': 0x0300,
  '3.0.2': 0x0302,
  '3.1.1': 0x0311,
};

/** The dialect with a given DialectRevision, if it is one of ours. */
export function dialectOf(code: number): Dialect | undefined {
  return dialects.find((dialect) => dialectCodes[dialect] === code);
}

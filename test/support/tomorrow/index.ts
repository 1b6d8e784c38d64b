/** @module The Samba of tomorrow: a real program that does not know how its records look. */
import { fileURLToPath } from 'node:url';

/** One of the files whose records the program then can't read. */
export type ForgottenStruct = 'session-global' | 'tcon-global' | 'open-global';

const hook = fileURLToPath(new URL('forget-layouts.ts', import.meta.url));

/**
 * The environment in which smbwho, the real program, knows no layout of these structs any more: the decoders that it loads
 * expect a version that no Samba writes.
 *
 * @param structs default: all three
 */
export function environmentOfTomorrow(
  structs: readonly ForgottenStruct[] = ['session-global', 'tcon-global', 'open-global'],
): { readonly NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import=file://${hook}?${structs.join('&')}` };
}

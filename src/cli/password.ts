import { ConfigError } from '../config/index.ts';
import type { CliContext } from './context.ts';

/**
 * A new password: from a file, whose last line end is none of it, or asked for twice on the terminal.
 *
 * @returns null where nothing was typed, or two different ones
 * @throws ConfigError where there is neither file nor terminal
 */
export async function readPassword(file: string | undefined, context: CliContext): Promise<string | null> {
  const { askHidden, readText, stderr } = context;
  if (file !== undefined) return readText(file).replace(/\r?\n$/, '');
  if (askHidden === null) throw new ConfigError('there is no terminal to ask for a password on; give --password-file');
  const password = await askHidden('Password: ');
  if (password === null || password === '') return null;
  if ((await askHidden('Once more: ')) === password) return password;
  stderr('smbwho: the second one was another\n');
  return null;
}

import { ConfigError } from './config-file.ts';

/**
 * Reads how many sessions one call may close.
 *
 * @returns null for as many as it may name, which is the default
 * @throws ConfigError
 */
export function parseCloseLimit(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new ConfigError(
      `"${text}" is no number of sessions for --close-limit; it must be a whole number of 1 or more`,
    );
  }
  return Number(text);
}

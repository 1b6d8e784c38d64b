import { ConfigError } from './config-file.ts';

/**
 * Reads `--audit-retention`: whole days, as `400d`.
 *
 * @returns days, from 1 to 99999
 * @throws ConfigError
 */
export function parseRetention(text: string): number {
  const days = /^([1-9]\d{0,4})d$/.exec(text.trim())?.[1];
  if (days === undefined) {
    throw new ConfigError(`--audit-retention "${text}" is no time; it must be in days, 1 or more, such as 400d`);
  }
  return Number(days);
}

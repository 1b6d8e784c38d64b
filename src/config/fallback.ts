import { ConfigError } from './config-file.ts';

/** The options of the fallback, as they are given. */
export interface FallbackValues {
  readonly fallback: string;
  readonly fallbackMemory: string;
  readonly fallbackTimeout: string;
}

export interface FallbackLimits {
  readonly memoryBytes: number;
  readonly timeoutMs: number;
}

const unitBytes = { M: 1024 ** 2, G: 1024 ** 3 } as const;
const maxTimeoutSeconds = 3600;

/**
 * Reads `--fallback`, `--fallback-memory` (`512M`, `2G`) and `--fallback-timeout` (`30s`, or `30`).
 *
 * @returns what smbstatus may take; null where it may not take over
 * @throws ConfigError
 */
export function parseFallback({ fallback, fallbackMemory, fallbackTimeout }: FallbackValues): FallbackLimits | null {
  const memory = /^([1-9]\d{0,5})([MG])$/i.exec(fallbackMemory);
  if (memory === null) {
    throw new ConfigError(`--fallback-memory "${fallbackMemory}" is no size; it must be such as 512M or 2G`);
  }
  const seconds = Number(/^(\d{1,4}(?:\.\d{1,3})?)s?$/i.exec(fallbackTimeout)?.[1]);
  if (!(seconds > 0 && seconds <= maxTimeoutSeconds)) {
    throw new ConfigError(`--fallback-timeout "${fallbackTimeout}" is no time; it must be such as 30s, at most 3600s`);
  }
  if (fallback === 'off') return null;
  const unit = memory[2]!.toUpperCase() as keyof typeof unitBytes;
  return { memoryBytes: Number(memory[1]) * unitBytes[unit], timeoutMs: seconds * 1000 };
}

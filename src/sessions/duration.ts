const unitSeconds = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** What a duration must look like, for messages. */
export const durationForm = '8h, 30m, 90s, 1d or 1h30m';

/**
 * Reads a duration: whole numbers of days, hours, minutes and seconds, largest first, as `8h`, `90s`, `1d12h`.
 *
 * @returns microseconds; null where the text is none
 */
export function parseDuration(text: string): number | null {
  const match = /^(?:(\d{1,5})d)?(?:(\d{1,7})h)?(?:(\d{1,9})m)?(?:(\d{1,10})s)?$/.exec(text.trim());
  if (match === null || match[0] === '') return null;
  const units = Object.values(unitSeconds);
  return match.slice(1).reduce((sum, count, i) => sum + Number(count ?? 0) * units[i]! * 1_000_000, 0);
}

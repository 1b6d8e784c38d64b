/** Parts of JSON that another program sent, held against what they must be. */

/** @throws TypeError */
export function numberOf(value: number): number {
  if (typeof value !== 'number') throw new TypeError('what should be a number is none');
  return value;
}

/** @throws TypeError */
export function textOf(value: string): string {
  if (typeof value !== 'string') throw new TypeError('what should be a text is none');
  return value;
}

/** @throws TypeError */
export function flagOf(value: boolean): boolean {
  if (typeof value !== 'boolean') throw new TypeError('what should be true or false is neither');
  return value;
}

/** @throws TypeError */
export function wordOf<W extends string>(words: readonly W[], word: string): W {
  const found = words.find((one) => one === word);
  if (found === undefined) throw new TypeError('a word is none that is known');
  return found;
}

export function orNull<J, T>(value: J | null, of: (value: J) => T): T | null {
  return value === null ? null : of(value);
}

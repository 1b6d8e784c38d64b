import { Option } from 'commander';
import { type ConfigValues, type OptionName, type OptionSpec, optionSpecs } from '../config/index.ts';

/** What says whether, and how far, smbstatus may take over. */
export const fallbackOptions = ['fallback', 'fallbackMemory', 'fallbackTimeout'] as const satisfies OptionName[];

/** An option of the one table, for a command: flag before environment before file before default. */
export function option(name: OptionName, config: ConfigValues): Option {
  const { flags, environment, help, choices, fallback, isList }: OptionSpec = optionSpecs[name];
  const made = new Option(flags, help).env(environment);
  if (choices !== undefined) made.choices(choices);
  const value = config[name] ?? fallback;
  if (isList) made.argParser(collectOver(value));
  return value === undefined ? made : made.default(value);
}

/** Collects the values of a repeated flag; the first takes the place of what the environment or the file says. */
function collectOver(initial: unknown): (value: string, former: unknown) => string[] {
  let isFirst = true;
  return (value, former) => {
    const others = isFirst || former === initial ? [] : (former as string[]);
    isFirst = false;
    return [...others, ...value.split(':').filter((part) => part !== '')];
  };
}

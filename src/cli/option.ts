import { InvalidArgumentError, Option } from 'commander';
import { type ConfigValues, type OptionName, type OptionSpec, optionSpecs } from '../config/index.ts';

/** What says whether, and how far, smbstatus may take over. */
export const fallbackOptions = ['fallback', 'fallbackMemory', 'fallbackTimeout'] as const satisfies OptionName[];

/** An option of the one table, for a command: flag before environment before file before default. */
export function option(name: OptionName, config: ConfigValues): Option {
  const { flags, environment, help, choices, fallback, separator, isFlag }: OptionSpec = optionSpecs[name];
  const made = new Option(flags, help).env(environment);
  if (choices !== undefined) made.choices(choices);
  const value = config[name] ?? fallback;
  if (separator !== undefined) made.argParser(collectOver(value, separator));
  if (isFlag)
    return made
      .preset('true')
      .argParser(readFlag)
      .default(value === 'true');
  return value === undefined ? made : made.default(value);
}

function readFlag(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('it must be true or false.');
  return text === 'true';
}

/** Collects the values of a repeated flag; the first takes the place of what the environment or the file says. */
function collectOver(initial: unknown, separator: string): (value: string, former: unknown) => string[] {
  let isFirst = true;
  return (value, former) => {
    const others = isFirst || former === initial ? [] : (former as string[]);
    isFirst = false;
    return [...others, ...value.split(separator).filter((part) => part !== '')];
  };
}

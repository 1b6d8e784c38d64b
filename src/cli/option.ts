import { Option } from 'commander';
import { type ConfigValues, type OptionName, type OptionSpec, optionSpecs } from '../config/index.ts';

/** An option of the one table, for a command: flag before environment before file before default. */
export function option(name: OptionName, config: ConfigValues): Option {
  const { flags, environment, help, choices, fallback }: OptionSpec = optionSpecs[name];
  const made = new Option(flags, help).env(environment);
  if (choices !== undefined) made.choices(choices);
  const value = config[name] ?? fallback;
  return value === undefined ? made : made.default(value);
}

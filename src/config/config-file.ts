import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type OptionName, type OptionSpec, optionSpecs } from './options.ts';

/** The configuration, in file, environment or flags, is not one. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
}

export type ConfigValues = Partial<Record<OptionName, string | readonly string[]>>;

/**
 * Reads smbwho.yaml: one key an option.
 *
 * @param isOptional a missing file is an empty one
 * @throws ConfigError naming file and key
 */
export function readConfigFile(path: string, isOptional: boolean): ConfigValues {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isOptional && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError(`${path} can't be read: ${(error as Error).message}`);
  }
  return parseConfig(text, path);
}

export function parseConfig(text: string, path: string): ConfigValues {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new ConfigError(`${path} is no YAML: ${(error as Error).message}`);
  }
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) throw new ConfigError(`${path} must hold keys and values`);
  const values: ConfigValues = {};
  for (const [key, value] of Object.entries(content)) {
    const name = nameOf(key);
    if (name === undefined) {
      const keys = Object.values(optionSpecs).map((spec) => spec.key);
      throw new ConfigError(`${path}: "${key}" is no option; there are ${keys.join(', ')}`);
    }
    const { choices, isList, isNumber }: OptionSpec = optionSpecs[name];
    if (isNumber && typeof value === 'number') {
      values[name] = String(value);
      continue;
    }
    if (isList && Array.isArray(value) && value.every((one) => typeof one === 'string')) {
      values[name] = value;
      continue;
    }
    if (typeof value !== 'string')
      throw new ConfigError(`${path}: ${key} must be a text${isList ? ' or a list of texts' : ''}`);
    if (choices !== undefined && !choices.includes(value)) {
      throw new ConfigError(`${path}: ${key} is "${value}", which is none of ${choices.join(', ')}`);
    }
    values[name] = isList ? [value] : value;
  }
  return values;
}

function nameOf(key: string): OptionName | undefined {
  return (Object.keys(optionSpecs) as OptionName[]).find((name) => optionSpecs[name].key === key);
}

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type OptionName, type OptionSpec, optionSpecs } from './options.ts';

/** The configuration, in file, environment or flags, is not one. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
}

export type ConfigValues = Partial<Record<OptionName, string | readonly string[]>>;

/** What smbwho.yaml says. */
export interface Config {
  readonly values: ConfigValues;
  /** The installation's own roles, by their names, with the privileges that each gives. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads smbwho.yaml: one key an option, and `roles`.
 *
 * @param isOptional a missing file is an empty one
 * @throws ConfigError naming file and key
 */
export function readConfigFile(path: string, isOptional: boolean): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isOptional && (error as NodeJS.ErrnoException).code === 'ENOENT') return { values: {}, roles: {} };
    throw new ConfigError(`${path} can't be read: ${(error as Error).message}`);
  }
  return parseConfig(text, path);
}

export function parseConfig(text: string, path: string): Config {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new ConfigError(`${path} is no YAML: ${(error as Error).message}`);
  }
  const { roles = {}, ...options } = toMapping(content ?? {}, `${path} must hold keys and values`);
  return { values: readOptions(options, path), roles: readRoles(roles, path) };
}

function readOptions(options: Readonly<Record<string, unknown>>, path: string): ConfigValues {
  const values: ConfigValues = {};
  for (const [key, value] of Object.entries(options)) {
    const name = nameOf(key);
    if (name === undefined) {
      const keys = [...Object.values(optionSpecs).map((spec) => spec.key), 'roles'];
      throw new ConfigError(`${path}: "${key}" is no option; there are ${keys.join(', ')}`);
    }
    const { choices, separator, isNumber, isFlag }: OptionSpec = optionSpecs[name];
    if ((isNumber && typeof value === 'number') || (isFlag && typeof value === 'boolean')) {
      values[name] = String(value);
      continue;
    }
    const isList = separator !== undefined;
    if (isList && isTexts(value)) {
      values[name] = value;
      continue;
    }
    if (isFlag) throw new ConfigError(`${path}: ${key} must be true or false`);
    if (typeof value !== 'string')
      throw new ConfigError(`${path}: ${key} must be a text${isList ? ' or a list of texts' : ''}`);
    if (choices !== undefined && !choices.includes(value)) {
      throw new ConfigError(`${path}: ${key} is "${value}", which is none of ${choices.join(', ')}`);
    }
    values[name] = isList ? [value] : value;
  }
  return values;
}

function readRoles(roles: unknown, path: string): Config['roles'] {
  const form = `${path}: roles must hold names, and the privileges of each as a list: { Helpdesk: [PRIVILEGE_…] }`;
  const entries = Object.entries(toMapping(roles, form)).map(([name, given]) => {
    if (!isTexts(given)) throw new ConfigError(form);
    return [name, given] as const;
  });
  return Object.fromEntries(entries);
}

function toMapping(value: unknown, message: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ConfigError(message);
  return value as Record<string, unknown>;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function nameOf(key: string): OptionName | undefined {
  return (Object.keys(optionSpecs) as OptionName[]).find((name) => optionSpecs[name].key === key);
}

import { Command } from 'commander';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ConfigValues, OptionName } from '../config/index.ts';
import { option } from './option.ts';

afterEach(() => vi.unstubAllEnvs());

function parse(name: OptionName, words: readonly string[], config: ConfigValues = {}) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  command.addOption(option(name, config)).parse(words, { from: 'user' });
  return command.opts()[name];
}

describe('an option that needs no value', () => {
  test.each<[boolean, readonly string[], string | undefined, ConfigValues]>([
    [false, [], undefined, {}],
    [true, ['--allow-plain-http'], undefined, {}],
    [false, ['--allow-plain-http', 'false'], 'true', { allowPlainHttp: 'true' }],
    [true, [], 'true', {}],
    [false, [], 'false', { allowPlainHttp: 'true' }],
    [true, [], undefined, { allowPlainHttp: 'true' }],
  ])('%j of %j, %j in the environment and %j in the file', (expected, words, environment, config) => {
    if (environment !== undefined) vi.stubEnv('SMBWHO_ALLOW_PLAIN_HTTP', environment);
    expect(parse('allowPlainHttp', words, config)).toBe(expected);
  });

  test('takes true and false alone', () => {
    expect(() => parse('allowPlainHttp', ['--allow-plain-http', 'yes'])).toThrow('must be true or false');
  });
});

describe('an option with several values', () => {
  test('addresses of IPv6 stay whole; a flag takes the place of the environment', () => {
    vi.stubEnv('SMBWHO_TRUSTED_PROXY', '2001:db8::/32,192.0.2.1');
    expect(parse('trustedProxy', [])).toEqual(['2001:db8::/32', '192.0.2.1']);
    expect(parse('trustedProxy', ['--trusted-proxy', '::1', '--trusted-proxy', '127.0.0.1'])).toEqual([
      '::1',
      '127.0.0.1',
    ]);
  });
});

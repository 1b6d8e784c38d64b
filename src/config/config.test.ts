import { describe, expect, test } from 'vitest';
import { parseConfig } from './config-file.ts';
import { isLoopback, parseCloseLimit, parseListenAddress, readConfigFile } from './index.ts';

describe('smbwho.yaml', () => {
  test('one key an option', () => {
    expect(parseConfig('listen: "[::]:8000"\ntls: off\n', 'f')).toEqual({ listen: '[::]:8000', tls: 'off' });
    expect(parseConfig('close_limit: 50', 'f')).toEqual({ closeLimit: '50' });
    expect(parseConfig('', 'f')).toEqual({});
  });

  test.each([
    ['lsten: x', 'f: "lsten" is no option; there are smb_conf, listen, tls, state_dir'],
    ['tls: maybe', 'f: tls is "maybe", which is none of self-signed, off'],
    ['listen: 8000', 'f: listen must be a text'],
    ['- a', 'f must hold keys and values'],
    ['a: [', 'f is no YAML'],
  ])('%s is refused by name', (text, message) => {
    expect(() => parseConfig(text, 'f')).toThrow(message);
  });

  test('a missing file is empty only where nobody named it', () => {
    expect(readConfigFile('/nonexistent/smbwho.yaml', true)).toEqual({});
    expect(() => readConfigFile('/nonexistent/smbwho.yaml', false)).toThrow('/nonexistent/smbwho.yaml');
  });
});

describe('how many sessions one call may close', () => {
  test('as many as it names, or so many', () => {
    expect([parseCloseLimit(undefined), parseCloseLimit('1'), parseCloseLimit('250')]).toEqual([null, 1, 250]);
  });

  test.each(['0', '-1', '1.5', '1e3', 'all', ''])('%j is none', (text) => {
    expect(() => parseCloseLimit(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

describe('addresses to listen on', () => {
  test.each([
    ['127.0.0.1:8000', { host: '127.0.0.1', port: 8000 }],
    ['[::]:0', { host: '::', port: 0 }],
    ['localhost:443', { host: 'localhost', port: 443 }],
  ])('%s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  test.each(['8000', 'localhost', ':8000', '::1:8000', 'a:b', 'a:70000', 'a:-1', ''])('%j is none', (text) => {
    expect(() => parseListenAddress(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  test.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.0.2.1', false],
    ['127.0.0.1.example', false],
  ])('%s is loopback: %s', (host, is) => {
    expect(isLoopback(host)).toBe(is);
  });
});

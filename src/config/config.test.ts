import { describe, expect, test } from 'vitest';
import { parseConfig } from './config-file.ts';
import { isLoopback, parseCloseLimit, parseListenAddress, parseRetention, readConfigFile } from './index.ts';

const valuesOf = (text: string) => parseConfig(text, 'f').values;

describe('smbwho.yaml', () => {
  test('one key an option', () => {
    expect(valuesOf('listen: "[::]:8000"\ntls: off\n')).toEqual({ listen: '[::]:8000', tls: 'off' });
    expect(valuesOf('close_limit: 50')).toEqual({ closeLimit: '50' });
    expect(valuesOf('allow_plain_http: true')).toEqual({ allowPlainHttp: 'true' });
    expect(valuesOf('trusted_proxy: [192.0.2.1, "2001:db8::/32"]')).toEqual({
      trustedProxy: ['192.0.2.1', '2001:db8::/32'],
    });
    expect(parseConfig('', 'f')).toEqual({ values: {}, roles: {} });
  });

  test('roles of its own, beside the options', () => {
    const text = 'tls: off\nroles:\n  Helpdesk: [PRIVILEGE_SMB_SESSION_READ]\n  Nobody: []';
    expect(parseConfig(text, 'f')).toEqual({
      values: { tls: 'off' },
      roles: { Helpdesk: ['PRIVILEGE_SMB_SESSION_READ'], Nobody: [] },
    });
  });

  test.each([
    ['lsten: x', 'f: "lsten" is no option; there are smb_conf, listen, tls, tls_cert'],
    ['tls: maybe', 'f: tls is "maybe", which is none of self-signed, files, off'],
    ['listen: 8000', 'f: listen must be a text'],
    ['- a', 'f must hold keys and values'],
    ['a: [', 'f is no YAML'],
    ['allow_plain_http: yes please', 'f: allow_plain_http must be true or false'],
    ['roles: [Helpdesk]', 'f: roles must hold names'],
    ['roles: { Helpdesk: PRIVILEGE_SMB_SESSION_READ }', 'f: roles must hold names'],
  ])('%s is refused by name', (text, message) => {
    expect(() => parseConfig(text, 'f')).toThrow(message);
  });

  test('a missing file is empty only where nobody named it', () => {
    expect(readConfigFile('/nonexistent/smbwho.yaml', true)).toEqual({ values: {}, roles: {} });
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

describe('how long what was done stays recorded', () => {
  test('whole days', () => {
    expect([parseRetention('400d'), parseRetention('1d')]).toEqual([400, 1]);
  });

  test.each(['0d', '400', '12h', '1.5d', '-1d', 'off', ''])('%j is refused', (text) => {
    expect(() => parseRetention(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
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

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorStatus } from '../../src/api/index.ts';
import { decodeErrorKinds } from '../../src/samba/bytes/index.ts';

const page = readFileSync('docs/errors.md', 'utf8');
const documented = new Map(
  [...page.matchAll(/^\| `(\w+)` \|(?: (\d{3}) \|)?/gm)].map(([, code, status]) => [code!, status]),
);

test('every error of the API is documented with its status, and no other', () => {
  const ofApi = [...documented].filter(([, status]) => status !== undefined);
  expect(Object.fromEntries(ofApi.map(([code, status]) => [code, Number(status)]))).toEqual(errorStatus);
});

test('every code of the reader and the program is documented, and none that is gone', () => {
  const text = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(`src/${path}`, 'utf8'))
    .join('\n');
  const codes = [...documented].filter(([, status]) => status === undefined).map(([code]) => code);
  expect(codes.filter((code) => !new RegExp(`'${code}'|\\b${code}:`).test(text))).toEqual([]);
  expect(Object.keys(decodeErrorKinds).filter((code) => !documented.has(code))).toEqual([]);
  const named = text.matchAll(
    /'((?:SAMBA|KERNEL|NETLINK|SMBSTATUS|FALLBACK|SMB_CONF|STATE|TOKEN|ACCOUNT|PASSWORD|ROLE|LIMIT|AUDIT|CONFIG|LISTEN|SERVER)_[A-Z]+)'/g,
  );
  const undocumented = new Set([...named].map(([, code]) => code!).filter((code) => !documented.has(code)));
  expect([...undocumented]).toEqual([]);
});

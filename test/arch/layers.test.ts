import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The rooms of docs/design.md and what each may import. A new room needs a line here. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'src/samba/bytes': [],
  'src/samba/tdb': ['src/samba/bytes'],
  'src/samba/ndr': ['src/samba/bytes'],
  'src/samba/records': ['src/samba/ndr', 'src/samba/bytes'],
  'src/samba/messages': ['src/samba/records', 'src/samba/ndr', 'src/samba/bytes'],
  'src/samba/winbind': ['src/samba/tdb', 'src/samba/bytes'],
  'src/samba/conf': [],
  'src/samba/smbstatus': ['src/samba/conf'],
  'src/samba/shares': ['src/samba/conf', 'src/samba/tdb', 'src/samba/records', 'src/samba/bytes'],
  'src/kernel': ['src/samba/bytes'],
  'src/sessions': [],
  'src/live': [
    'src/samba/bytes',
    'src/samba/tdb',
    'src/samba/records',
    'src/samba/messages',
    'src/samba/conf',
    'src/samba/winbind',
    'src/samba/smbstatus',
    'src/samba/shares',
    'src/kernel',
    'src/sessions',
  ],
  'src/client': ['src/sessions'],
  'src/access': ['src/sessions'],
  'src/api': ['src/access', 'src/sessions'],
  'src/cli': ['src/sessions', 'src/config'],
  'src/config': [],
  'src/main': [
    'src/access',
    'src/api',
    'src/cli',
    'src/client',
    'src/config',
    'src/kernel',
    'src/live',
    'src/samba/conf',
    'src/sessions',
  ],
};

const rooms = Object.keys(arrows).sort((a, b) => b.length - a.length);
// The composition root is main.ts and the folder of its parts.
const roomOf = (file: string) => rooms.find((room) => file === `${room}.ts` || file.startsWith(`${room}/`));

interface Import {
  readonly from: string;
  readonly to: string;
}

function sourceFiles(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join('src', path));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map(([, to]) => ({ from: file, to: normalize(join(dirname(file), to!)) }));
}

const files = sourceFiles();
const code = files.filter((file) => !file.endsWith('.test.ts'));

describe('the rooms', () => {
  test('every file lies in a room', () => {
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  test('imports follow the arrows', () => {
    const wrong = code.flatMap(importsOf).filter(({ from, to }) => {
      const [own, other] = [roomOf(from)!, roomOf(to)];
      return own !== other && !(arrows[own]!.includes(other ?? '') || to === 'package.json');
    });
    expect(wrong).toEqual([]);
  });

  test('a room is entered through its index', () => {
    const wrong = files.flatMap(importsOf).filter(({ from, to }) => {
      const other = roomOf(to);
      return other !== undefined && other !== roomOf(from) && relative(other, to) !== 'index.ts' && other !== to;
    });
    expect(wrong).toEqual([]);
  });

  test('bytes are read as numbers in one room only', () => {
    const readers = /\bDataView\b|\.(read|write)(U?Int|BigU?Int|Float|Double)\d*/;
    const wrong = code.filter(
      (file) => roomOf(file) !== 'src/samba/bytes' && readers.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  test('foreign functions are called in one room only', () => {
    const wrong = code.filter(
      (file) => roomOf(file) !== 'src/kernel' && /'(koffi|node:ffi)'/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  test('argv and environment are read in the composition root only', () => {
    const readers = /process\.(argv|env)\b/;
    const wrong = code.filter((file) => file !== 'src/main.ts' && readers.test(readFileSync(join(root, file), 'utf8')));
    expect(wrong).toEqual([]);
  });

  test('nothing starts a subprocess but what a decision allows', () => {
    const starters = code.filter((file) => /child_process/.test(readFileSync(join(root, file), 'utf8')));
    // docs/decisions/0005 and 0007
    expect(starters).toEqual(['src/samba/conf/release.ts', 'src/samba/smbstatus/run.ts']);
  });

  test('files hold one idea: none is longer than 250 lines', () => {
    const long = code.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 251);
    expect(long).toEqual([]);
  });
});

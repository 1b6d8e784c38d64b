import { describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
// What the configuration says in lines is tested with the reader of lines.
import { readSmbConfLines } from '../conf/index.ts';
import { type RegistrySection, readShareSections } from './index.ts';

function read(text: string, registry: readonly RegistrySection[] = [], files: Readonly<Record<string, string>> = {}) {
  using folder = new TemporaryFolder();
  const lines = (name: string, content: string) => readSmbConfLines(folder.file(name, content)).statements;
  const asked: (string | undefined)[] = [];
  const { sections, problems } = readShareSections(lines('smb.conf', text), {
    include: (path) => (files[path] === undefined ? null : lines('included.conf', files[path])),
    registry: (stateDirectory) => {
      asked.push(stateDirectory);
      return registry;
    },
  });
  const shares = Object.fromEntries(sections.map(({ name, values }) => [name, Object.fromEntries(values)]));
  return { shares, problems, asked, sections };
}

describe('sections of a file', () => {
  test('begin with what [global] says by then, and go on where they are named again', () => {
    const { shares } = read(
      '[global]\ncomment = a\n[One]\npath=/1\n[global]\ncomment = b\n[two]\npath=/2\n[ONE]\nwriteable = yes\n',
    );
    expect(shares).toEqual({
      One: { comment: 'a', path: '/1', readonly: 'no' },
      two: { comment: 'b', path: '/2' },
    });
  });

  test('know synonyms, the inverse, and booleans in all their words', () => {
    const { shares, problems } = read(
      '[a]\nDirectory=/a\n PUBLIC = On\nwrite ok = 0\nprint ok = False\nsmb encrypt = force\n',
    );
    expect(shares).toEqual({
      a: { path: '/a', guestok: 'yes', readonly: 'yes', printable: 'no', serversmbencrypt: 'force' },
    });
    expect(problems).toEqual([]);
  });

  test('copy what they do not say themselves, before or after', () => {
    const { shares } = read(
      '[a]\npath=/a\ncomment=a\n[global]\nguest ok = yes\n[b]\ncomment = b\ncopy = A\n[c]\ncopy = a\npath = /c\n',
    );
    expect(shares).toMatchObject({ b: { path: '/a', comment: 'b' }, c: { path: '/c', comment: 'a' } });
    expect(shares.b).not.toHaveProperty('guestok');
  });

  test.each([
    ['[a]\navailable = perhaps\n', '[a]: "perhaps" is neither yes nor no'],
    ['[a]\ncopy = b\n', '[a]: copy = b: there is no such section above it'],
    ['[a]\ncopy = a\n', '[a]: copy = a: there is no such section above it'],
    ['copy = a\n', '[global]: copy = a: there is no such section above it'],
    ['[a]\ninclude = registry\n', '[a]: include = registry stands in a share, or includes itself'],
  ])('what Samba refuses is told: %j', (text, message) => {
    expect(read(text).problems).toEqual([{ kind: 'refused', message }]);
  });

  test('an include that is per client is told, and of which share', () => {
    const { problems, sections } = read('include = /x/%m\n[a]\npath=/a\ninclude = /x/%U\n[b]\ncopy = a\n[c]\n');
    expect(problems.map(({ kind }) => kind)).toEqual(['per-client', 'per-client']);
    expect(sections.filter(({ hasOpenInclude }) => hasOpenInclude).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('names that JavaScript has a meaning for are names', () => {
    const { shares, problems } = read(
      '[a]\n__proto__ = 1\nconstructor = 2\nguest ok = toString\n[__proto__]\npath = /p\n',
    );
    expect(shares.a).toEqual({});
    expect(problems).toHaveLength(1);
  });

  test('many wrong lines are not as many problems', () => {
    expect(read(`[a]\n${'guest ok = x\n'.repeat(100_000)}`).problems).toHaveLength(100);
  });
});

describe('sections of the registry', () => {
  const registry: RegistrySection[] = [
    {
      name: 'b',
      values: [
        ['Guest OK', 'yes'],
        ['path', '/b'],
      ],
    },
    { name: 'GLOBAL', values: [['comment', 'from the registry']] },
    { name: 'FILE', values: [['path', '/over']] },
  ];

  test('are laid over those of the file', () => {
    const { shares } = read('[global]\nregistry shares = yes\n[file]\npath = /f\ncomment = f\n', registry);
    expect(shares).toEqual({ file: { path: '/over', comment: 'f' }, b: { guestok: 'yes', path: '/b' } });
  });

  test('are none without being asked for', () => {
    expect(read('[file]\npath = /f\n', registry).shares).toEqual({ file: { path: '/f' } });
  });

  test('bring [global] and themselves where it is included', () => {
    const { shares, asked } = read('state directory = /s\ninclude = registry\n[file]\npath = /f\n', registry);
    expect(shares).toEqual({
      file: { path: '/over', comment: 'from the registry' },
      b: { guestok: 'yes', path: '/b', comment: 'from the registry' },
    });
    expect(new Set(asked)).toEqual(new Set(['/s']));
  });

  test('are all there is where the configuration is the registry, in the place that Samba is compiled with', () => {
    const { shares, asked } = read('state directory = /s\nconfig backend = registry\n[file]\npath = /f\n', registry);
    expect(Object.keys(shares)).toEqual(['b', 'FILE']);
    expect(new Set(asked)).toEqual(new Set([undefined]));
  });

  test('include files, which may lead back', () => {
    const loop: RegistrySection[] = [
      {
        name: 'global',
        values: [
          ['include', '/one'],
          ['include', '/gone'],
        ],
      },
      { name: 'b', values: [['include', '/in b']] },
    ];
    const files = { '/one': '[in a file]\npath = /i\n[global]\ninclude = registry\n', '/in b': 'comment = in b\n' };
    const { shares, problems } = read('include = registry\n', loop, files);
    expect(shares).toEqual({ 'in a file': { path: '/i' }, b: { comment: 'in b' } });
    expect(new Set(problems.map(({ kind }) => kind))).toEqual(new Set(['refused', 'unread']));
  });
});

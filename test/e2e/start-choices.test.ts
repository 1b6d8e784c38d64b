import { describe, expect, test } from 'vitest';
import { type Choice, chooseDemo, type Machine, waysToARealOne } from '../../demo/choose-demo.ts';

const nothing = { demo: false, recorded: false };
const bare: Machine = { unreadable: 'none runs', isRoot: false, hasSmbd: false, hasApt: false, hasSudo: false };

describe('npm start serves', () => {
  test.each<[string, Partial<Machine>, Partial<typeof nothing>, Choice]>([
    ['the Samba that runs and can be read', { unreadable: null }, {}, 'running'],
    ['the same for root', { unreadable: null, isRoot: true, hasSmbd: true }, {}, 'running'],
    ['a private one for root with smbd', { isRoot: true, hasSmbd: true, hasApt: true }, {}, 'private'],
    ['a private one once installed, for root with apt', { isRoot: true, hasApt: true }, {}, 'install'],
    ['the recording for root without apt', { isRoot: true }, {}, 'recorded'],
    ['the recording for others', { hasSmbd: true, hasApt: true, hasSudo: true }, {}, 'recorded'],
    [
      'the private one where it is asked for',
      { unreadable: null, isRoot: true, hasSmbd: true },
      { demo: true },
      'private',
    ],
    ['the recording where it is asked for', { unreadable: null, isRoot: true }, { recorded: true }, 'recorded'],
  ])('%s', (_, machine, wishes, choice) => {
    expect(chooseDemo({ ...nothing, ...wishes }, { ...bare, ...machine })).toBe(choice);
  });
});

describe('where the recording is served, what brings a real one', () => {
  test.each<[Partial<Machine>, RegExp[]]>([
    [{ hasApt: true, hasSudo: true }, [/^sudo npm start {4}.*installs smbd for it, after asking/]],
    [{ hasSmbd: true, hasSudo: true }, [/^sudo npm start {4}.*visitors$/]],
    [{ hasApt: true }, [/^su -c 'npm start' /]],
    [{ hasSudo: true }, [/^install Samba/, /^sudo npm start /]],
    [{ isRoot: true, hasApt: true }, [/^npm start -- --yes {4}installs smbd/]],
    [{ isRoot: true, hasSmbd: true }, [/^npm start -- --demo /]],
    [{ isRoot: true }, [/^install Samba/, /^npm start /]],
  ])('%j', (machine, patterns) => {
    expect(waysToARealOne({ ...bare, ...machine })).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)));
  });
});

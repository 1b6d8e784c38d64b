import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { inviteVisitors, visitedServer } from '../support/scenarios/index.ts';
import { TemporaryFolder } from '../support/temporary.ts';

const reason = noSamba ?? (existsSync('/usr/bin/strace') ? null : 'strace is not installed');
const lists = 100;

beforeEach(({ skip }) => skip(reason !== null, reason ?? ''));

test("Samba's files are opened read-only and only read: no map, no lock", async () => {
  using folder = new TemporaryFolder();
  const trace = folder.file('trace');
  await using samba = await PrivateSamba.start(visitedServer);
  await using _visitors = await inviteVisitors(samba);
  // -D: the program is our child, strace only its onlooker, which ends after it.
  const strace = ['strace', '-D', '-f', '-y', '-q', '-e', 'trace=%file,%desc', '-o', trace];
  {
    await using server = await Server.start(['--smb-conf', samba.smbConf], strace);
    for (let i = 0; i < lists; i++) expect((await server.get('/v1/smb/sessions/')).status).toBe(200);
  }
  const calls = (await wholeTrace(trace))
    .split('\n')
    .filter((line) => line.includes(samba.inside(samba.lockDirectory)))
    .map((line) => /^\d+ +(\w+)\((.*)/.exec(line))
    .filter((match) => match !== null)
    .map(([, name, rest]) => ({ name: name!, rest: rest! }));
  const onDatabases = calls.filter(({ rest }) => rest.includes('.tdb'));
  const count = (name: string) => onDatabases.filter((call) => call.name === name).length;

  // Every list opens the three files anew and reads each to its end.
  expect(count('openat')).toBeGreaterThanOrEqual(3 * lists);
  expect(count('pread64') + count('read')).toBeGreaterThanOrEqual(3 * lists);
  const harmless = ['openat', 'read', 'pread64', 'close', 'fstat', 'statx', 'newfstatat', 'stat', 'lstat'];
  expect([...new Set(onDatabases.map(({ name }) => name))].filter((name) => !harmless.includes(name))).toEqual([]);
  const flags = onDatabases
    .filter(({ name }) => name === 'openat')
    .map(({ rest }) => /O_\w+(\|O_\w+)*/.exec(rest)?.[0]);
  expect([...new Set(flags)]).toEqual(['O_RDONLY|O_CLOEXEC']);

  // Of the rest of the lock directory, nothing is written, locked or mapped either.
  const writes = calls.filter(({ name, rest }) =>
    /mmap|flock|write|unlink|rename|truncate|F_SETLK|O_RDWR|O_WRONLY|O_CREAT/.test(`${name} ${rest}`),
  );
  expect(writes).toEqual([]);
});

/** The trace once strace has written its end. */
async function wholeTrace(path: string): Promise<string> {
  for (;;) {
    const text = readFileSync(path, 'utf8');
    if (/\+\+\+ exited with \d+ \+\+\+\s*$/.test(text)) return text;
    await sleep(50);
  }
}

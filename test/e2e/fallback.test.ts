import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PartJson, SessionJson } from '../../src/sessions/index.ts';
import { runSmbwho, Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { inviteVisitors, type Visitors, visitedServer } from '../support/scenarios/index.ts';
import { environmentOfTomorrow, type ForgottenStruct } from '../support/tomorrow/index.ts';

let samba: PrivateSamba;
let visitors: Visitors;
let options: string[];
/** Why its smbstatus can't take over, or null. */
let noJson: string | null = null;

beforeAll(async () => {
  if (noSamba !== null) return;
  samba = await PrivateSamba.start(visitedServer);
  visitors = await inviteVisitors(samba);
  options = ['--smb-conf', samba.smbConf];
  if (samba.release.startsWith('4.13')) noJson = `smbstatus ${samba.release} has no --json`;
});

afterAll(async () => {
  await visitors?.[Symbol.asyncDispose]();
  await samba?.stop();
});

beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

const runTomorrow = (words: readonly string[], structs?: readonly ForgottenStruct[]) =>
  runSmbwho([...words, ...options], environmentOfTomorrow(structs));

function serveTomorrow(...words: string[]): Promise<Server> {
  const { NODE_OPTIONS } = environmentOfTomorrow();
  return Server.start([...options, ...words], ['env', `NODE_OPTIONS=${NODE_OPTIONS}`]);
}

/** The pids of the processes that a process has started and that still are. */
function childrenOf(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').match(/\d+/g) ?? [])
    .map(Number);
}

test('smbstatus has --json since 4.17; before, that is said', async () => {
  const { code, stdout, stderr } = await runTomorrow(['list']);
  expect([code, stdout === '']).toEqual(noJson === null ? [5, false] : [1, true]);
  expect(stderr).toMatch(noJson === null ? /FALLBACK_USED: / : /SMBSTATUS_UNAVAILABLE: .*4\.17/);
});

describe('a Samba whose records are of no known layout', () => {
  beforeEach(({ skip }) => skip(noJson !== null, noJson ?? ''));

  test.each<[string, readonly ForgottenStruct[]]>([
    ['no table', ['session-global', 'tcon-global', 'open-global']],
    ['all but the tree connects', ['tcon-global']],
    ['all but the opens', ['open-global']],
  ])('is listed by its own smbstatus where %s can be read', async (_, structs) => {
    const [known, unknown] = await Promise.all([
      runSmbwho(['list', '--json', ...options]),
      runTomorrow(['list', '--json'], structs),
    ]);
    expect([known.code, known.stderr]).toEqual([0, '']);
    const records: SessionJson[] = JSON.parse(known.stdout);
    const sessions: SessionJson[] = JSON.parse(unknown.stdout);
    expect(sessions.map(comparable)).toEqual(records.map(comparable));
    expect(sessions.length).toBeGreaterThanOrEqual(visitors.visits.length);
    for (const [i, { location, user, num_opens, num_opens_certainty, channels }] of sessions.entries()) {
      const record = records[i]!;
      expect(location).toBe(record.location.replace(/\d+$/, '0'));
      expect(user.sid).toBeNull();
      if (!record.is_guest && !record.is_anonymous) expect(user.name).toBe(record.user.name);
      if (record.num_opens_certainty !== 'exact') continue;
      expect(num_opens, record.location).toBeGreaterThanOrEqual(record.num_opens);
      if (num_opens_certainty === 'exact') expect(num_opens, record.location).toBe(record.num_opens);
      if (channels[0]!.server !== null) expect(channels).toEqual(record.channels);
    }
  });

  test('list says so on stderr and in its exit code; show takes such a location', async () => {
    const list = await runTomorrow(['list', '--jsonl']);
    expect(list.code).toBe(5);
    expect(list.stderr).toMatch(/^smbwho: RECORD_LAYOUT_UNKNOWN: .*\nsmbwho: FALLBACK_USED: .*can be closed\n$/);
    const [line] = list.stdout.split('\n');
    const { location, user } = JSON.parse(line!);
    const show = await runTomorrow(['show', location]);
    expect(show).toMatchObject({ code: 5, stdout: expect.stringContaining(user.name) });
  });

  test('doctor says so, and whether it may', async () => {
    const used = await runTomorrow(['doctor']);
    expect(used.code).toBe(1);
    for (const text of [
      'problem  reading',
      'RECORD_LAYOUT_UNKNOWN',
      'note     reading',
      'FALLBACK_USED',
      'listed by smbstatus',
    ]) {
      expect(used.stdout).toContain(text);
    }
    const off = await runTomorrow(['doctor', '--fallback', 'off']);
    expect(off.stdout).toContain('allow it with --fallback smbstatus');
    expect(off.stdout).not.toContain('FALLBACK_USED');
  });

  test('the API serves it, says so in its part, and all who ask share one run', async () => {
    await using server = await serveTomorrow();
    const replies = await Promise.all(Array.from({ length: 8 }, () => server.get('/smbwho/v1/sessions')));
    const parts: PartJson[] = replies.map(({ body }) => body.parts[0]);
    expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(new Set(parts.map(({ taken_at }) => taken_at)).size).toBe(1);
    expect(parts[0]).toMatchObject({
      verdict: 'partial',
      problems: [{ code: 'RECORD_LAYOUT_UNKNOWN' }, { code: 'FALLBACK_USED' }],
    });
    const { status, body } = await server.get('/v1/smb/sessions/');
    expect([status, body.session_infos.length]).toEqual([200, replies[0]!.body.sessions.length]);
    for (const session of body.session_infos) {
      expect(session.location).toMatch(/^1\.\d+\.0$/);
      expect(session.time_open.nanoseconds).toMatch(/^\d+$/);
      expect(typeof session.server_address).toBe('string');
    }
    expect(childrenOf(server.running.child.pid!)).toEqual([]);
  });

  test('beyond its memory there is no list: 503 and why', async () => {
    await using server = await serveTomorrow('--fallback-memory', '16M');
    for (const path of ['/v1/smb/sessions/', '/smbwho/v1/sessions']) {
      expect(await server.get(path)).toMatchObject({
        status: 503,
        body: {
          error_class: 'samba_unavailable_error',
          description: expect.stringMatching(
            /RECORD_LAYOUT_UNKNOWN: .*SMBSTATUS_TOO_LARGE: .*16 MB.*--fallback-memory/,
          ),
        },
      });
    }
    expect(childrenOf(server.running.child.pid!)).toEqual([]);
  });

  test('switched off, by flag or environment, nothing is run', async () => {
    const description = expect.stringMatching(/^RECORD_LAYOUT_UNKNOWN: [^;]*; the nearest: [^;]*$/);
    await using server = await serveTomorrow('--fallback', 'off');
    expect(await server.get('/v1/smb/sessions/')).toMatchObject({ status: 503, body: { description } });
    const env = { ...environmentOfTomorrow(), SMBWHO_FALLBACK: 'off' };
    const list = await runSmbwho(['list', ...options], env);
    expect(list).toMatchObject({ code: 1, stdout: '' });
    expect(list.stderr).not.toContain('SMBSTATUS');
  });

  describe('with an smbstatus that never answers', () => {
    // It waits in its configuration, for somebody to write into a fifo. smbwho does not read includes with macros.
    beforeAll(() => {
      if (noSamba !== null || noJson !== null) return;
      execFileSync('mkfifo', [join(samba.directory, `fifo.${samba.release}`)]);
      appendFileSync(samba.smbConf, `[global]\ninclude = ${samba.inside(samba.directory)}/fifo.%v\n`);
    });

    test('beyond its time there is no list: 503, why, and nothing left behind', async () => {
      await using server = await serveTomorrow('--fallback-timeout', '0.5s');
      for (const path of ['/v1/smb/sessions/', '/smbwho/v1/sessions']) {
        expect(await server.get(path)).toMatchObject({
          status: 503,
          body: { description: expect.stringMatching(/SMBSTATUS_TOO_SLOW: .*0\.5 s \(--fallback-timeout\)/) },
        });
      }
      expect(childrenOf(server.running.child.pid!)).toEqual([]);
    });

    test('a server that is told to end takes it along', async () => {
      await using server = await serveTomorrow('--fallback-timeout', '3600s');
      const smbstatus = await whileItRuns(server);
      expect(await server.running.end('SIGTERM')).toBe(0);
      expect(isAlive(smbstatus)).toBe(false);
    });

    test('a server that is killed takes it along as well', async () => {
      await using server = await serveTomorrow('--fallback-timeout', '3600s');
      const smbstatus = await whileItRuns(server);
      await server.running.end('SIGKILL');
      while (isAlive(smbstatus)) await sleep(5);
    });
  });
});

/** Asks the server for its list, and gives the pid of the smbstatus that it then waits for. */
async function whileItRuns(server: Server): Promise<number> {
  server.get('/v1/smb/sessions/').catch(() => {}); // it is cut off, with the server
  for (;;) {
    const smbstatus = childrenOf(server.running.child.pid!).find((pid) => commandOf(pid) === 'smbstatus');
    if (smbstatus !== undefined) return smbstatus;
    await sleep(5);
  }
}

function commandOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  return commandOf(pid) === 'smbstatus';
}

/** What both sources must say alike of a session. */
function comparable({ location, user, is_guest, is_anonymous, channels, tree_connects, ...session }: SessionJson) {
  const { dialect, encryption, share_names, pid, instance } = session;
  return {
    id: location.split('.')[1],
    uid: user.uid,
    gid: user.gid,
    isGuest: is_guest || is_anonymous,
    client: channels[0]!.client,
    trees: tree_connects.map((tree) => JSON.stringify(tree)).sort(),
    dialect,
    encryption,
    share_names,
    pid,
    instance,
  };
}

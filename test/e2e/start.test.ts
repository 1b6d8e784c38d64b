import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { getJson, projectFolder, Running } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { TemporaryFolder } from '../support/temporary.ts';

/** Everything that a demo makes is in here, and every process of it names something in here. */
let folder: TemporaryFolder;

beforeEach(() => {
  folder = new TemporaryFolder();
  chmodSync(folder.path, 0o711); // smbd's users have to get through
});
afterEach(() => folder[Symbol.dispose]());

/** Starts it as `npm start -- WORD...` does. */
function start(...words: string[]): Running {
  return new Running('env', [`TMPDIR=${folder.path}`, process.execPath, 'demo/start.ts', ...words]);
}

interface Announced {
  /** The line to paste; the last one, for machines without curl. */
  readonly line: string;
  readonly url: string;
  readonly token: string;
}

async function announced(running: Running): Promise<Announced> {
  const [, url] = await running.until(/URL +(https:\S+)/);
  await running.until(/Ctrl-C ends it/);
  const [, token] = /Token +(\S+)/.exec(running.output)!;
  const lines = running.output.match(/^ +(curl|wget|NODE_TLS_REJECT_UNAUTHORIZED=0 node) .*$/gm)!;
  expect(lines[0]).toBe(`  curl -k -H 'Authorization: Bearer ${token}' ${url}/v1/smb/sessions/`);
  return { line: lines.at(-1)!, token: token!, url: url! };
}

/** Waits until nothing of a demo is left: no file, no process, nobody who knows its token. */
async function expectNothingLeft({ url, token }: Announced): Promise<void> {
  // npm keeps a cache of its own there.
  const files = () => readdirSync(folder.path).filter((name) => name !== 'node-compile-cache');
  await expect
    .poll(() => ({ files: files(), processes: processesThatName(folder.path) }), { timeout: 8000 })
    .toEqual({ files: [], processes: [] });
  // Another program may have the port by now.
  const reply = await getJson(`${url}/v1/session/who-am-i`, token).catch(() => null);
  expect(reply?.status).not.toBe(200);
}

function processesThatName(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // ended between two looks
      }
    })
    .filter((command) => command.includes(text));
}

interface SmbSession {
  readonly user: { readonly name: string };
  readonly share_names: readonly string[];
  readonly num_opens: number;
  readonly is_guest: boolean;
  readonly is_encrypted: boolean;
  readonly time_open: { readonly nanoseconds: string };
}

describe('the private demo', () => {
  beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

  test('eight real sessions behind the printed curl line, others who come, nothing left after Ctrl-C', async () => {
    const before = Date.now();
    await using running = start('--demo');
    const said = await announced(running);
    const { session_infos } = JSON.parse((await promisify(execFile)('sh', ['-c', said.line])).stdout);
    const sessions: SmbSession[] = session_infos;
    const seen = sessions.map(({ user, share_names, num_opens, is_guest, is_encrypted }) => {
      return [user.name, String(share_names), num_opens, is_guest, is_encrypted];
    });
    expect(seen).toHaveLength(8);
    expect(seen).toEqual(
      expect.arrayContaining([
        ['alice', 'media,projects,文档', 4, false, false],
        ['bob', 'projects', 1, false, false],
        ['carol', 'media', 0, false, false],
        ['王小明', '文档', 1, false, false],
        ['dave', 'projects', 1, false, true],
        ['guest', 'media', 1, true, false],
        ['bob', 'media', 1, false, false],
        ['alice', 'projects', 0, false, false],
      ]),
    );
    for (const { time_open } of sessions) {
      const ageMs = Number(BigInt(time_open.nanoseconds) / 1_000_000n);
      expect(ageMs).toBeGreaterThan(0);
      expect(ageMs).toBeLessThan(Date.now() - before + 1000);
    }

    const names = new Set<string>();
    for (const deadline = Date.now() + 30_000; names.size < 9 && Date.now() < deadline; await sleep(500)) {
      const { body } = await getJson(`${said.url}/v1/smb/sessions/`, said.token);
      for (const { user } of body.session_infos) names.add(user.name);
      expect(body.session_infos.length).toBeLessThanOrEqual(20);
    }
    expect([...names]).toEqual(expect.arrayContaining(['\x1b[31mmallory\x1b[0m', "o'brien", 'ümlaut']));
    expect(await running.end('SIGINT')).toBe(0);
    await expectNothingLeft(said);
  });

  test('nothing is left when it is killed', async () => {
    await using running = start('--demo');
    const said = await announced(running);
    await running.end('SIGKILL');
    await expectNothingLeft(said);
  });
});

describe('the recorded demo', () => {
  test('says in every answer that it is one, how to get a real one, and ends without a trace', async () => {
    await using running = start('--recorded');
    const said = await announced(running);
    expect(running.output).toMatch(/a RECORDING of a real Samba, .*every answer says so.\nFor a real one:\n {2}\S/);
    const contract = await getJson(`${said.url}/v1/smb/sessions/`, said.token);
    expect(contract.status).toBe(200);
    const names = contract.body.session_infos.map(({ user }: SmbSession) => user.name);
    expect(names).toEqual(expect.arrayContaining(['alice', 'bob', 'carol', 'dave', '王小明', 'guest']));
    const { body } = await getJson(`${said.url}/smbwho/v1/sessions`, said.token);
    expect(body.parts).toMatchObject([
      { verdict: 'complete', recording: expect.stringMatching(/^a recording of Samba/) },
    ]);
    expect(await running.end('SIGTERM')).toBe(0);
    await expectNothingLeft(said);
  });

  test('a second one takes the next free port; one that is killed leaves nothing', async () => {
    await using first = start('--recorded');
    const one = await announced(first);
    await using second = start('--recorded');
    const two = await announced(second);
    expect(Number(new URL(two.url).port)).toBeGreaterThan(Number(new URL(one.url).port));
    await second.end('SIGHUP');
    await first.end('SIGKILL');
    await expectNothingLeft(one);
    await expectNothingLeft(two);
  });

  test('it ends with the npm that started it', async () => {
    await using npm = new Running('env', [`TMPDIR=${folder.path}`, 'npm', 'start', '--', '--recorded']);
    const said = await announced(npm);
    await npm.end('SIGKILL');
    await expectNothingLeft(said);
  });
});

test('what it does not know it does not start', async () => {
  const run = promisify(execFile)(process.execPath, ['demo/start.ts', '--demmo'], { cwd: projectFolder });
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/Unknown option '--demmo'.*\nUsage: npm start/),
  });
});

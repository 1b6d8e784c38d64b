import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { getJson, Running } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';

beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

test('npm start -- --demo: eight real sessions behind the printed curl line, and nothing left after Ctrl-C', async () => {
  const before = Date.now();
  await using running = new Running(process.execPath, ['demo/start.ts', '--demo']);
  const [, token, url] = await running.until(/curl -k -H 'Authorization: Bearer (\S+)' (https:\S+)/);
  const { status, body } = await getJson(url!, token!);
  expect(status).toBe(200);
  const seen = body.session_infos.map((session: Record<string, never>) => {
    const { user, share_names, num_opens, is_guest, is_encrypted } = session as never as Record<
      string,
      { name: string }
    >;
    return [user!.name, String(share_names), num_opens, is_guest, is_encrypted];
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
  for (const { time_open } of body.session_infos) {
    const ageMs = Number(BigInt(time_open.nanoseconds) / 1_000_000n);
    expect(ageMs).toBeGreaterThan(0);
    expect(ageMs).toBeLessThan(Date.now() - before + 1000);
  }

  const folder = dirname(smbConfOf(running.child.pid!)!);
  expect(existsSync(folder)).toBe(true);
  expect(await running.end('SIGINT')).toBe(0);
  expect(existsSync(folder)).toBe(false);
  const left = processes().filter(({ command }) => command.includes(folder));
  expect(left).toEqual([]);
});

interface Process {
  readonly parent: number;
  readonly command: string;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]);
        return [{ parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
      } catch {
        return [];
      }
    });
}

/** The smb.conf that the demo's program was started with. */
function smbConfOf(pid: number): string | undefined {
  const child = processes().find(({ parent, command }) => parent === pid && command.includes('--smb-conf'));
  return /--smb-conf (\S+)/.exec(child?.command ?? '')?.[1];
}

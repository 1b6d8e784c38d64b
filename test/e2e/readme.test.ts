import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getJson, launcher, Running } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';

const reason = noSamba ?? (existsSync('/usr/bin/curl') ? null : 'curl is not installed');
const readme = readFileSync('README.md', 'utf8');

/** Every question of the README with the lines that answer it. */
const questions = [...readme.matchAll(/^\*\*(.+\?)\*\*.*\n```sh\n([^`]+)```/gm)].map(([, question, block]) => ({
  question: question!,
  lines: block!.trim().split('\n'),
}));

/** What the answer to each question must say, from each of its two lines, of the demo's visitors. */
const expected: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
  'Who is connected?': [/^alice +127\.0\.0\.\d+ /m, /"name":"alice"/],
  'Who uses the share `projects`?': [/^alice .*projects/m, /"share_names":\[[^\]]*"projects"/],
  'Where is alice logged in?': [/^alice /m, /"name":"alice"/],
  'Who comes from this network?': [/^bob /m, /"address":"127\.0\.0\.\d+"/],
  'Who has done nothing for eight hours?': [/^USER .*IDLE/, /"sessions":\[\]/],
  'What is known of one session?': [/\b1\.\d+\.\d+\b/, /"location":"1\.\d+\.\d+"/],
  'Who has this file open?': [/^alice .*\/report\.txt /m, /"path":"[^"]*\/report\.txt"/],
  'Which shares are there?': [/"share_name":"projects"/, /"share_name":"projects".*"unsaid":\[/],
  'How many sessions are there?': [/^([89]|[1-9]\d)\n$/, /^([89]|[1-9]\d)\n$/],
  'Is anybody in as a guest?': [/guest/, /"is_guest":true/],
  'How much goes encrypted?': [/\d "encryption":"full"/, /\d "encryption":"none"/],
  'Can I have that as a table for a spreadsheet, or page by page for a script?': [
    /,alice,LOCAL,/,
    /"next":"\/v1\/smb\/sessions\/\?/,
  ],
  'Is everything as it should be?': [/smbd runs/, /\{"status":"ok"\}/],
  'What would it cost to close what alice has left open?': [/^alice .*projects/m, /"closes":\[\{"location":"1\.\d+\./],
  'Can I let go of one file, and leave its user in?': [
    /^closed +1\.\S+ .*\/report\.txt of bob/,
    /^\[\{"error_message":"already gone"\}\]/,
  ],
  // Nearly the last one: a session that is counted above ends.
  'Can I end one session, and no other on its connection?': [
    /^closed +1\.\d+\.\d+ /,
    /^\[\{"error_message":"already gone"\}\]/,
  ],
  'Who closed that session, and why?': [
    / root +this machine +smb_close_session +closed .* left open\n/,
    /^\d+ entries /,
  ],
};

beforeEach(({ skip }) => skip(reason !== null, reason ?? ''));

describe('the README', () => {
  let demo: Running;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    if (reason !== null) return;
    demo = new Running(process.execPath, ['demo/start.ts', '--demo']);
    const [, TOKEN, URL] = await demo.until(/Bearer (\S+?)' (https:\/\/[^/]+)/);
    const { body } = await getJson(`${URL}/v1/smb/sessions/`, TOKEN!);
    const { body: open } = await getJson(`${URL}/smbwho/v1/files?path=report.txt&share=projects&identity=bob`, TOKEN!);
    const [, stateDir] = await demo.until(/token in (\S+)\/token/);
    env = {
      ...process.env,
      URL,
      TOKEN,
      LOCATION: body.session_infos[0].location,
      FILE: open.files[0].location,
      SMBWHO_SMB_CONF: smbConfBeside(stateDir!),
      SMBWHO_STATE_DIR: stateDir,
      PATH: `${dirname(launcher)}:${process.env.PATH}`,
    };
  });
  afterAll(async () => {
    await demo?.end('SIGINT');
  });

  test('asks the questions that are answered here', () => {
    expect(questions.map(({ question }) => question)).toEqual(Object.keys(expected));
  });

  test.each(questions)('$question', async ({ question, lines }) => {
    expect(lines).toHaveLength(2);
    for (const [i, line] of lines.entries()) {
      const { stdout, stderr } = await promisify(execFile)('bash', ['-o', 'pipefail', '-ec', line], { env });
      expect(stdout).toMatch(expected[question]![i]!);
      expect(stderr).toBe('');
    }
  });

  test('names only files that exist', () => {
    for (const [, path] of readme.matchAll(/\]\(([^)#]+)\)/g)) expect(existsSync(join('.', path!)), path).toBe(true);
  });
});

/** The smb.conf that the program with this state folder was started with. */
function smbConfBeside(stateDir: string): string {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const words = tryRead(`/proc/${pid}/cmdline`).split('\0');
    if (words.includes(stateDir) && words.includes('--smb-conf')) return words[words.indexOf('--smb-conf') + 1]!;
  }
  throw new Error('the demo has no program');
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

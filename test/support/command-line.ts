import { openAuditReader, verifyExport } from '../../src/access/index.ts';
import { runCommand } from '../../src/cli/index.ts';
import { openState } from '../../src/main/access.ts';
import { mergeRoles } from '../../src/main/roles.ts';
import { readText } from '../../src/main/sources.ts';
import type { Closer, FileCloser, FileSource, SessionSource } from '../../src/sessions/index.ts';
import { fileCloserOf, fileSourceOf } from './files.ts';
import { closerOf, emptyDirectory, someSession, sourceOf } from './sessions.ts';

/** What a command meets, where a test says otherwise than the defaults. */
export interface InMemory {
  /** Default: one session. */
  readonly source?: SessionSource;
  /** Default: one that has no session. */
  readonly closer?: Closer;
  /** Default: none is open. */
  readonly files?: FileSource;
  /** Default: one that has none. */
  readonly fileCloser?: FileCloser;
  /** What is answered at the terminal; null: nothing. Default: there is no terminal. */
  readonly answer?: string | null;
  /** What is typed where it can't be seen, one after the other. Default: there is no terminal. */
  readonly hidden?: readonly string[];
  /** What comes through stdin. */
  readonly stdin?: string;
  /** Default: stdout is no terminal. */
  readonly width?: number;
}

/** Runs a command line on plain data, and on the state folder that it names. What it asks is on stderr, as on a terminal. */
export async function runInMemory(words: readonly string[], given: InMemory = {}) {
  const {
    source = sourceOf([someSession(1)]),
    closer = closerOf([]),
    files = fileSourceOf([]),
    fileCloser = fileCloserOf([]),
    answer,
    hidden,
    stdin = '',
    width = null,
  } = given;
  const typed = [...(hidden ?? [])];
  const result = { stdout: '', stderr: '', code: 0 as number };
  const ask = async (question: string) => {
    result.stderr += question;
    return answer ?? null;
  };
  const askHidden = async (question: string) => {
    result.stderr += question;
    return typed.shift() ?? null;
  };
  await runCommand(words, {
    version: '1.2.3',
    config: {},
    width,
    colour: false,
    ask: answer === undefined ? null : ask,
    askHidden: hidden === undefined ? null : askHidden,
    openSource: async () => ({
      source,
      directory: emptyDirectory,
      closer,
      files,
      fileCloser,
      [Symbol.dispose]: () => undefined,
    }),
    serve: async () => {
      throw Object.assign(new Error("can't listen"), { code: 'LISTEN_FAILED' });
    },
    diagnose: async () => ({
      version: '1.2.3',
      node: 'v26',
      findings: [{ level: 'problem', topic: 'samba', text: 'none runs', advice: 'start it' }],
      instances: [],
    }),
    inspect: () => ({
      struct: 'smbXsrv_tcon_global',
      layouts: ['4.25'],
      records: [{ key: '5', value: { shareName: 'a\u009b31m' } }],
      problems: ['record 6: RECORD_BAD_VALUE'],
    }),
    openState: (stateDir) => openState(stateDir, mergeRoles({ Helpdesk: ['PRIVILEGE_SMB_SESSION_READ'] })),
    openRecord: openAuditReader,
    verifyExport,
    readText: (path) => (path === '-' ? stdin : readText(path)),
    stdout: (text) => {
      result.stdout += text;
    },
    stderr: (text) => {
      result.stderr += text;
    },
    exit: (code) => {
      result.code = code;
    },
  });
  return result;
}

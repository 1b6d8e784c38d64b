import { readFileSync } from 'node:fs';
import { openAuditReader, verifyExport } from './access/index.ts';
import { type CliContext, runCommand } from './cli/index.ts';
import { type Config, ConfigError, readConfigFile } from './config/index.ts';
import { inspectFile } from './live/index.ts';
import { openState } from './main/access.ts';
import { diagnose } from './main/diagnose.ts';
import { mergeRoles } from './main/roles.ts';
import { openSource, readText } from './main/sources.ts';
import { hiddenQuestionOn, questionOn } from './main/terminal.ts';
import type { Roles } from './sessions/index.ts';

const configPath = '/etc/smbwho/smbwho.yaml';

/** Where the program starts: argv and environment are read here and nowhere else. */
async function main(): Promise<void> {
  // A variable that is set to nothing is not set.
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('SMBWHO_') && value === '') delete process.env[name];
  }
  const { SMBWHO_CONFIG, NO_COLOR, TERM } = process.env;
  const { stdout } = process;
  const build = readBuild();
  const say: Pick<CliContext, 'stdout' | 'stderr' | 'exit'> = {
    stdout: (text) => stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    exit: (code) => {
      process.exitCode = code;
    },
  };
  // A reader that closes the pipe, as head does, is no failure; a full disk is one.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`smbwho: the output can't be written: ${error.message}\n`);
    process.exit(1);
  });
  let config: Config;
  let roles: Roles;
  try {
    config = readConfigFile(SMBWHO_CONFIG ?? configPath, SMBWHO_CONFIG === undefined);
    roles = mergeRoles(config.roles);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    say.stderr(`smbwho: ${error.code}: ${error.message}\n`);
    return say.exit(2);
  }
  await runCommand(process.argv.slice(2), {
    ...say,
    version: build.version,
    config: config.values,
    width: stdout.isTTY ? stdout.columns : null,
    colour: stdout.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb',
    ask: questionOn(process.stdin, process.stderr),
    askHidden: hiddenQuestionOn(process.stdin, process.stderr),
    openSource,
    serve: async (options) => {
      // From now on it must not end the program; the certificate has yet to be read, so this one may be forgotten.
      process.on('SIGHUP', () => undefined);
      // The HTTP server is half of what there is to load; only this command needs it.
      return (await import('./main/serve.ts')).serve({ ...options, roles }, build);
    },
    diagnose: (options) => diagnose(options, build.version),
    inspect: inspectFile,
    openState: (stateDir) => openState(stateDir, roles),
    openRecord: openAuditReader,
    verifyExport,
    readText,
  });
}

function readBuild(): { version: string; date: string } {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version, releaseDate } = JSON.parse(text);
  return { version, date: releaseDate };
}

await main();

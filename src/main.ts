import { readFileSync } from 'node:fs';
import { ensureToken } from './access/index.ts';
import { type CliContext, runCommand } from './cli/index.ts';
import { ConfigError, readConfigFile } from './config/index.ts';
import { inspectFile } from './live/index.ts';
import { diagnose } from './main/diagnose.ts';
import { openSource } from './main/sources.ts';
import { questionOn } from './main/terminal.ts';

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
  const context: CliContext = {
    version: build.version,
    config: {},
    width: stdout.isTTY ? stdout.columns : null,
    colour: stdout.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb',
    ask: questionOn(process.stdin, process.stderr),
    openSource,
    // The HTTP server is half of what there is to load; only this command needs it.
    serve: async (options) => (await import('./main/serve.ts')).serve(options, build),
    diagnose: (options) => diagnose(options, build.version),
    inspect: inspectFile,
    createToken: ensureToken,
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
  try {
    const config = readConfigFile(SMBWHO_CONFIG ?? configPath, SMBWHO_CONFIG === undefined);
    await runCommand(process.argv.slice(2), { ...context, config });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    context.stderr(`smbwho: ${error.code}: ${error.message}\n`);
    context.exit(2);
  }
}

function readBuild(): { version: string; date: string } {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version, releaseDate } = JSON.parse(text);
  return { version, date: releaseDate };
}

await main();

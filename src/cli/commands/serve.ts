import { type Command, Option } from 'commander';
import type { CliContext, ServeOptions } from '../context.ts';
import { fallbackOptions, option } from '../option.ts';
import { visible } from '../visible.ts';

const serveOptions = [
  'smbConf',
  'listen',
  'tls',
  'tlsCert',
  'tlsKey',
  'allowPlainHttp',
  'allowedHost',
  'trustedProxy',
  'stateDir',
  'runDir',
  'auditRetention',
  'closeLimit',
  ...fallbackOptions,
] as const;

const examples = `
Examples:
  smbwho serve                              on https://127.0.0.1:8000
  smbwho serve --listen [::]:8000           for all of this machine's addresses
  smbwho serve --smb-conf 1=a.conf --smb-conf 2=b.conf
  smbwho serve --tls files --tls-cert fs1.crt --tls-key fs1.key
  smbwho serve --tls off --trusted-proxy 127.0.0.1     behind a proxy on this machine that speaks TLS
`;

export function addServe(program: Command, context: CliContext): void {
  const command = program
    .command('serve')
    .description('serve the live sessions through the SMB session API')
    .addOption(new Option('--recording <folder>').hideHelp())
    .addHelpText('after', examples);
  for (const name of serveOptions) command.addOption(option(name, context.config));
  command.action(async (options: Omit<ServeOptions, 'roles'>) => {
    const { url, tokenPath, notes } = await context.serve(options);
    for (const note of notes) context.stderr(`smbwho: ${visible(note)}\n`);
    context.stderr(`smbwho: serving ${url}, ${tokenPath === null ? 'to who has a token' : `token in ${tokenPath}`}\n`);
  });
}

import type { Command } from 'commander';
import { option } from '../option.ts';
import type { CliContext, ServeOptions } from '../program.ts';

export function addServe(program: Command, context: CliContext): void {
  program
    .command('serve')
    .description('serve the live sessions through the SMB session API')
    .addOption(option('smbConf', context.config))
    .addOption(option('listen', context.config))
    .addOption(option('tls', context.config))
    .addOption(option('stateDir', context.config))
    .action(async (options: ServeOptions) => {
      const { url, tokenPath } = await context.serve(options);
      context.stderr(`smbwho: serving ${url}, token in ${tokenPath}\n`);
    });
}

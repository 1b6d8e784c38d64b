import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { option } from '../option.ts';

export function addToken(program: Command, context: CliContext): void {
  const token = program.command('token').description('the token that programs show to the API');
  token
    .command('create')
    .description("print the state folder's token, made first where there is none")
    .addOption(option('stateDir', context.config))
    .action(({ stateDir }: { readonly stateDir: string }) => {
      context.stdout(`${context.createToken(stateDir)}\n`);
    });
}

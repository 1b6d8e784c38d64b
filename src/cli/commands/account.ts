import type { Command } from 'commander';
import { toLocalAccountJson } from '../../sessions/index.ts';
import { formatAccounts } from '../account-table.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { option } from '../option.ts';
import { readPassword } from '../password.ts';

interface StateOptions {
  readonly stateDir: string;
}

interface PasswordOptions extends StateOptions {
  readonly passwordFile?: string;
}

const examples = `
Examples:
  smbwho account create eve --role Data-Administrators
  smbwho account create ci --role Observers --password-file /run/secrets/ci
  pwgen 20 1 | smbwho account password eve --password-file -
  smbwho account disable eve              her logins end; her tokens rest until she is enabled again

Roles: Administrators, Data-Administrators, Observers, and those of smbwho.yaml. Passwords have 12 characters at least.
`;

export function addAccount(program: Command, context: CliContext): void {
  const account = program
    .command('account')
    .description('accounts that log in to the API, none of them an account of Samba')
    .addHelpText('after', examples);
  const passwordFile = [
    '--password-file <file>',
    'the file with the password, - for stdin (default: asked for)',
  ] as const;
  const stateDir = () => option('stateDir', context.config);
  account
    .command('create')
    .description('make an account, and print its id')
    .argument('<name>', '1 to 64 letters, digits, dots, underscores and hyphens')
    .requiredOption('--role <role>', 'what it may do; may be given several times', collect)
    .option(...passwordFile)
    .addOption(stateDir())
    .action(async (name: string, options: PasswordOptions & { readonly role: readonly string[] }) => {
      using state = context.openState(options.stateDir);
      const password = await readPassword(options.passwordFile, context);
      if (password === null) return giveUp(context);
      context.stdout(`${(await state.accounts.create({ name, roles: options.role, password })).id}\n`);
    });
  account
    .command('list')
    .description('list the accounts')
    .option('--json', 'as JSON')
    .addOption(stateDir())
    .action(({ stateDir, json }: StateOptions & { readonly json?: boolean }) => {
      using state = context.openState(stateDir);
      const accounts = state.accounts.list();
      const asJson = () => `${JSON.stringify(accounts.map(toLocalAccountJson), null, 2)}\n`;
      context.stdout(json ? asJson() : formatAccounts(accounts, context.colour));
    });
  account
    .command('password')
    .description('give an account another password, which ends its logins')
    .argument('<name>')
    .option(...passwordFile)
    .addOption(stateDir())
    .action(async (name: string, options: PasswordOptions) => {
      using state = context.openState(options.stateDir);
      const password = await readPassword(options.passwordFile, context);
      if (password === null) return giveUp(context);
      await state.accounts.change(name, { password });
    });
  for (const [verb, isEnabled, effect] of [
    ['disable', false, 'its logins end, its tokens rest'],
    ['enable', true, 'its tokens are valid again'],
  ] as const) {
    account
      .command(verb)
      .description(`${verb} an account: ${effect}`)
      .argument('<name>')
      .addOption(stateDir())
      .action(async (name: string, options: StateOptions) => {
        using state = context.openState(options.stateDir);
        await state.accounts.change(name, { isEnabled });
      });
  }
}

function giveUp(context: CliContext): void {
  context.stderr('smbwho: nothing was changed\n');
  context.exit(exitCodes.failure);
}

function collect(text: string, former: readonly string[] = []): readonly string[] {
  return [...former, text];
}

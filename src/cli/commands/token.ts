import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  durationForm,
  type Limits,
  lastInstant,
  now,
  parseDuration,
  type TokenStore,
  toAccessTokenJson,
} from '../../sessions/index.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { option } from '../option.ts';
import { formatTokens } from '../token-table.ts';
import { visible } from '../visible.ts';

interface CreateOptions {
  readonly stateDir: string;
  readonly name?: string;
  readonly role?: string;
  readonly user?: string;
  /** Microseconds. */
  readonly expires?: number;
  readonly share?: readonly string[];
  readonly from?: readonly string[];
  readonly instance?: readonly number[];
}

const maxNameLength = 100;

const examples = `
Examples:
  smbwho token create                                                the first token, which may do everything
  smbwho token create --name monitoring --role Observers             one that may only read
  smbwho token create --name helpdesk --user eve --share projects    of eve's rights what concerns that share
  smbwho token create --name migration --from 192.0.2.0/24 --expires 8h

A token is printed once: only its hash is kept, but for the first one, which stands in the state folder's file "token".
With limits a token sees what touches them, and nothing else of it; it closes what touches nothing else.
`;

export function addToken(program: Command, context: CliContext): void {
  const token = program.command('token').description('the tokens that programs show to the API');
  const create = token
    .command('create')
    .description('print a new token; without --name the first one, made where there is none')
    .option('--name <name>', 'what it is for', readName)
    .option(
      '--role <role>',
      'the one role whose rights it has, as far as its owner has them (default: all of its owner)',
    )
    .option('--user <account>', 'its owner (default: admin)')
    .addOption(new Option('--expires <duration>', `how long it is valid: ${durationForm}`).argParser(readExpiry))
    .option('--share <name>', 'only for sessions of this share; may be given several times', collect)
    .option('--from <ip|cidr>', 'only for sessions from this address or network; likewise', collect)
    .option('--instance <number>', 'only for the Samba with this number; likewise', collectInstances)
    .addOption(option('stateDir', context.config))
    .addHelpText('after', examples);
  create.action(async (options: CreateOptions) => {
    const { stateDir, name, ...wishes } = options;
    if (name === undefined && Object.keys(wishes).length > 0) {
      create.error('error: give it a --name; without one there is the first token only, which has no limits');
    }
    using state = context.openState(stateDir);
    const token = name === undefined ? await state.firstToken() : await createToken(name, options, state.tokens);
    context.stdout(`${token}\n`);
  });
  token
    .command('list')
    .description('list the tokens, those that are no longer valid too')
    .option('--json', 'as JSON')
    .addOption(option('stateDir', context.config))
    .action(({ stateDir, json }: { readonly stateDir: string; readonly json?: boolean }) => {
      using state = context.openState(stateDir);
      const tokens = state.tokens.list();
      const asJson = () => `${JSON.stringify(tokens.map(toAccessTokenJson), null, 2)}\n`;
      context.stdout(json ? asJson() : formatTokens(tokens, now(), context));
    });
  token
    .command('revoke')
    .description('make tokens invalid, at once and for ever')
    .argument('<id...>', 'as token list names them')
    .addOption(option('stateDir', context.config))
    .action(async (ids: readonly string[], { stateDir }: { readonly stateDir: string }) => {
      using state = context.openState(stateDir);
      let code: ExitCode = exitCodes.ok;
      for (const id of ids) {
        if (await state.tokens.revoke(id)) continue;
        code = exitCodes.notFound;
        context.stderr(`smbwho: TOKEN_UNKNOWN: there is no token ${visible(id)}, or it is revoked already\n`);
      }
      context.exit(code);
    });
}

async function createToken(name: string, options: CreateOptions, tokens: TokenStore): Promise<string> {
  const { role = null, user = 'admin', expires } = options;
  const expiresAt = expires === undefined ? null : Math.min(now() + expires, lastInstant);
  const draft = await tokens.draft({ name, owner: user, role, expiresAt, limits: toLimits(options) }, null);
  return draft.keep();
}

function toLimits({ share, from, instance }: CreateOptions): Limits | null {
  if (share === undefined && from === undefined && instance === undefined) return null;
  return { shares: share ?? null, networks: from ?? null, instances: instance ?? null };
}

function readName(text: string): string {
  if (text.trim() === '' || text.length > maxNameLength) {
    throw new InvalidArgumentError(`it must have 1 to ${maxNameLength} characters.`);
  }
  return text;
}

function readExpiry(text: string): number {
  const micros = parseDuration(text);
  if (micros === null || micros === 0) throw new InvalidArgumentError(`it must be a duration such as ${durationForm}.`);
  return micros;
}

function collect(text: string, former: readonly string[] = []): readonly string[] {
  return [...former, text];
}

function collectInstances(text: string, former: readonly number[] = []): readonly number[] {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("it must be a server's number, 1 to 99999.");
  return [...former, Number(text)];
}

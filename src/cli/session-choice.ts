import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  durationForm,
  type Full,
  filterByIdentity,
  filterSessions,
  idleClock,
  parseDuration,
  parseIdentity,
  parseNetwork,
  type Session,
  type SessionFilter,
} from '../sessions/index.ts';
import type { OpenSource } from './context.ts';

export interface ChoiceOptions extends SessionFilter {
  readonly identity?: string;
}

/** Adds the options that choose some of the sessions. */
export function addChoiceOptions(command: Command): Command {
  return command
    .option('--identity <identity>', 'only this user: a name, a SID, uid:, auth_id:, local:, ad: …')
    .option('--share <name>', 'only sessions that are connected to this share')
    .addOption(new Option('--from <ip|cidr>', 'only sessions from this address or network').argParser(readNetwork))
    .addOption(
      new Option('--idle-over <duration>', `only sessions idle for so long at least: ${durationForm}`).argParser(
        readIdle,
      ),
    );
}

export function hasChoice({ identity, share, from, idleOver }: ChoiceOptions): boolean {
  return [identity, share, from, idleOver].some((choice) => choice !== undefined);
}

/** @throws IdentityError */
export async function chooseSessions(
  { sessions, parts }: Full,
  options: ChoiceOptions,
  { directory }: OpenSource,
): Promise<readonly Session[]> {
  const { identity } = options;
  const ofUser =
    identity === undefined ? sessions : await filterByIdentity(sessions, parseIdentity(identity), directory);
  return filterSessions(ofUser, options, idleClock(parts));
}

export function readNetwork(text: string): (address: string) => boolean {
  const network = parseNetwork(text);
  if (network === null) throw new InvalidArgumentError('it must be an IP address or a network such as 192.0.2.0/24.');
  return network;
}

function readIdle(text: string): number {
  const micros = parseDuration(text);
  if (micros === null) throw new InvalidArgumentError(`it must be a duration such as ${durationForm}.`);
  return micros;
}

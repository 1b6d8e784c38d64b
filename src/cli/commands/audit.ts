import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type AuditEntry,
  type AuditReceipt,
  auditOperations,
  durationForm,
  type Instant,
  now,
  parseDuration,
  toAuditEntryJson,
} from '../../sessions/index.ts';
import { formatAudit } from '../audit-table.ts';
import type { CliContext, OpenRecord, RecordFilter } from '../context.ts';
import { option } from '../option.ts';

interface StateOptions {
  readonly stateDir: string;
}

interface ListOptions extends StateOptions, Omit<RecordFilter, 'before'> {
  readonly limit: number;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

const pageLength = 1000;

const examples = `
Examples:
  smbwho audit list                                      the last 50 things that were done, and by whom
  smbwho audit list --operation smb_close_session --since 8h
  smbwho audit list --target 1.1261944982.134400300502777410    who closed that session, and why
  smbwho audit list --since 2026-11-24 --limit 100000 --jsonl
  smbwho audit verify --anchor 4711:9f2c…                whether nothing was changed since the log had that line
  smbwho audit export > audit.jsonl; smbwho audit verify audit.jsonl

What was begun is listed only where its outcome is not: smbwho ended meanwhile, then, or it goes on still.
Exit codes of verify: 0 the record is as it was written, 1 it is not, and stderr names the first entry that is not.
`;

export function addAudit(program: Command, context: CliContext): void {
  const audit = program
    .command('audit')
    .description('the record of what was done: every close, login, denial, and change of tokens and accounts')
    .addHelpText('after', examples);
  const stateDir = () => option('stateDir', context.config);
  audit
    .command('list')
    .description('list the last entries, the newest last')
    .addOption(new Option('--limit <number>', 'so many at most').default(50).argParser(readLimit))
    .addOption(new Option('--operation <name>', 'only what was done of this kind').choices([...auditOperations]))
    .option('--actor <name>', 'only what was done by this account, or by root')
    .option('--target <what>', 'only what was done to this location, or to the token or account with this id')
    .addOption(
      new Option(
        '--since <when>',
        `only what was done since: ${durationForm} ago, or a date as 2026-11-24T21:17Z`,
      ).argParser(readSince),
    )
    .addOption(new Option('--json', 'an array of all that is recorded').conflicts('jsonl'))
    .option('--jsonl', 'the same, a line for each entry')
    .addOption(stateDir())
    .action((options: ListOptions) => {
      using record = context.openRecord(options.stateDir);
      const { limit, json, jsonl } = options;
      const entries = choose(record, options, limit).reverse();
      if (json) context.stdout(`${JSON.stringify(entries.map(toAuditEntryJson), null, 2)}\n`);
      else if (jsonl) context.stdout(entries.map((each) => `${JSON.stringify(toAuditEntryJson(each))}\n`).join(''));
      else context.stdout(formatAudit(entries, context.colour));
    });
  audit
    .command('verify')
    .description('check that nothing of the record was changed, removed or moved')
    .argument('[file]', 'what export wrote, instead of the state folder')
    .addOption(
      new Option('--anchor <seq:hash>', 'a seq and hash from the log, which the record must have').argParser(
        readAnchor,
      ),
    )
    .addOption(stateDir())
    .action((file: string | undefined, options: StateOptions & { readonly anchor?: AuditReceipt }) => {
      const { stateDir, anchor } = options;
      const known = anchor === undefined ? [] : [anchor];
      using record = file === undefined ? context.openRecord(stateDir) : null;
      const { anchor: last, head } = record === null ? context.verifyExport(file!, known) : record.verify(known);
      const count = head.seq - last.seq;
      const range = count === 0 ? '' : ` (${last.seq + 1} to ${head.seq})`;
      context.stdout(`${count} entries${range} as they were written; the last is ${head.seq}:${head.hash}\n`);
    });
  audit
    .command('export')
    .description('print all of it as lines of JSON, which verify reads without the state folder')
    .addOption(stateDir())
    .action(({ stateDir }: StateOptions) => {
      using record = context.openRecord(stateDir);
      for (const line of record.exportLines()) context.stdout(line);
    });
}

/** The newest that are wanted, without what was begun and has an outcome. */
function choose(record: OpenRecord, filter: RecordFilter, limit: number): AuditEntry[] {
  const ended = new Set<number | null>();
  const chosen: AuditEntry[] = [];
  for (const entry of newestFirst(record, filter)) {
    ended.add(entry.event.begunAs);
    if (!ended.has(entry.seq) && chosen.push(entry) === limit) break;
  }
  return chosen;
}

/** In parts: the record may be longer than what is wanted of it. */
function* newestFirst(record: OpenRecord, { operation, actor, target, since }: RecordFilter): Generator<AuditEntry> {
  const filter = {
    ...(operation !== undefined && { operation }),
    ...(actor !== undefined && { actor }),
    ...(target !== undefined && { target }),
    ...(since !== undefined && { since }),
  };
  for (let page = record.entries(filter, pageLength); page.length > 0; ) {
    yield* page;
    page = record.entries({ ...filter, before: page.at(-1)!.seq }, pageLength);
  }
}

function readLimit(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('it must be a whole number of 1 or more.');
  return Number(text);
}

function readSince(text: string): Instant {
  const micros = parseDuration(text);
  if (micros !== null) return now() - micros;
  const millis = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(millis)) {
    throw new InvalidArgumentError(
      `it must be a duration such as ${durationForm}, or a date such as 2026-11-24T21:17Z.`,
    );
  }
  return millis * 1000;
}

function readAnchor(text: string): AuditReceipt {
  const match = /^(\d{1,15}):([\da-f]{64})$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('it must be SEQ:HASH, as a line of the log has them.');
  return { seq: Number(match[1]), hash: match[2]!.toLowerCase() };
}

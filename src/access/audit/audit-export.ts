import { closeSync, openSync, readSync } from 'node:fs';
import type { AuditReceipt } from '../../sessions/index.ts';
import { broken, type Ends, type Link, verifyChain } from './chain.ts';

const endPattern = /\{"seq":(\d{1,16}),"hash":"([0-9a-f]{64})"\}/;
const firstPattern = new RegExp(`^\\{"anchor":${endPattern.source},"head":${endPattern.source}\\}$`);
const entryPattern = /^\{"seq":([1-9]\d{0,15}),"hash":"([0-9a-f]{64})","entry":(\{.*\})\}$/;

/**
 * Holds an exported record against itself: each byte of it counts. That it is the one of a certain server, and whole, only
 * the hash of an entry shows that is known from elsewhere.
 *
 * @param known entries that it must have, as the lines of a log have them
 * @returns where it begins and ends
 * @throws AccessError AUDIT_BROKEN, and the system's errors where the file can't be read
 */
export function verifyExport(path: string, known: readonly AuditReceipt[] = []): Ends {
  const lines = readLines(path);
  try {
    const first = firstPattern.exec(lines.next().value ?? '');
    if (first === null) throw broken(`${path} does not begin as a record does`);
    const [, anchorSeq, anchorHash, headSeq, headHash] = first;
    const ends = {
      anchor: { seq: Number(anchorSeq), hash: anchorHash! },
      head: { seq: Number(headSeq), hash: headHash! },
    };
    verifyChain(ends, toLinks(lines), known);
    return ends;
  } finally {
    lines.return(undefined);
  }
}

function* toLinks(lines: Iterable<string>): Generator<Link> {
  for (const line of lines) {
    // What is no entry has a number that is none's.
    const [, seq = 0, hash = '', text = ''] = entryPattern.exec(line) ?? [];
    yield { seq: Number(seq), hash, text: Buffer.from(text, 'latin1') };
  }
}

/** Lines, each character one byte of them: in UTF-8 several wrong bytes would read alike. */
function* readLines(path: string): Generator<string, undefined> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(65_536);
    let rest = '';
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      const lines = (rest + chunk.toString('latin1', 0, length)).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') throw broken('its last line has no end');
  } finally {
    closeSync(file);
  }
}

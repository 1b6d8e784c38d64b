import type { PlannedClose } from '../sessions/index.ts';
import { visible } from './visible.ts';

/** Of a plan that is read before it is answered, more would hide the rest. */
const maxLines = 10;

/** The files that those who are ended have open for writing, a line each, and how many there are besides. */
export function nameWritten(closes: readonly PlannedClose[]): string[] {
  const lines = closes.flatMap(({ files, session }) =>
    files
      .filter(({ forWriting }) => forWriting)
      .map(({ path }) => `writing: ${visible(path)} (${visible(session?.user.name ?? session?.user.sid ?? '?')})`),
  );
  const known = closes.reduce((sum, { numOpensForWriting }) => sum + (numOpensForWriting ?? 0), 0);
  const shown = lines.slice(0, maxLines);
  return shown.length > 0 && known > shown.length ? [...shown, `writing: ${known - shown.length} more`] : shown;
}

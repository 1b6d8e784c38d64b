import { shareModeLayouts } from '../samba/records/index.ts';
import type { Finding, Problem } from '../sessions/index.ts';
import { LocalFileSource } from './files/index.ts';
import type { LocalSource } from './local-source.ts';

/**
 * What `doctor` says of a server's open files: by which layout they were read, how many there are, and what stood in the
 * way.
 *
 * @param told problems that have been said already
 */
export async function describeFiles(
  instance: number,
  source: LocalSource,
  told: readonly Problem[],
): Promise<Finding[]> {
  const { parts, files } = await new LocalFileSource({ instance, source }).files();
  const isTold = ({ code, message }: Problem) => told.some((one) => one.code === code && one.message === message);
  const problems = parts.flatMap((part) => part.problems).filter((problem) => !isTold(problem));
  const findings = problems.map(({ code, message }): Finding => {
    return { level: 'problem', topic: 'files', text: `${code}: ${message}`, advice: null };
  });
  if (parts.every(({ takenAt }) => takenAt === null)) return findings;
  const fitting = source.lastRead?.files.shareModes.decoder.fitting ?? [];
  const [newest, oldest] = [fitting[0], fitting.at(-1)];
  const ok = (text: string): Finding => ({ level: 'ok', topic: 'files', text, advice: null });
  const isKnown = newest !== undefined && files.length > 0;
  const next = isKnown ? shareModeLayouts[shareModeLayouts.indexOf(newest) - 1] : undefined;
  const until = next === undefined ? ' or later' : `, and of those before ${next.since}`;
  const layout = isKnown ? `, in records of Samba ${oldest!.since}${until}` : '';
  return [...findings, ok(`${files.length} open${layout}`)];
}

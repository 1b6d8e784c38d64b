// A worker: reads the databases over and over, and looks at each list.
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { now, toSessionJson } from '../../src/sessions/index.ts';
import { Dice } from '../support/load/index.ts';
import { AnswerCheck } from './answer-check.ts';
import { DeathWatch } from './death-watch.ts';
import { listedOf } from './listed.ts';
import type { LocalReport, ReaderOptions } from './reader.ts';
import { work } from './work.ts';

await work<ReaderOptions, LocalReport>(async ({ options, isOver, say }) => {
  const { smbConf, expected, pauseMs, seed } = options;
  using source = new LocalSource({ instance: 1, locate: () => locateInstance(smbConf) });
  const check = new AnswerCheck(expected, expected.steady.map(listedOf));
  const watch = new DeathWatch([check], options);
  const dice = new Dice(seed);
  const report = (): LocalReport => ({ findings: check.findings, stats: { ...source.stats }, memory: memory() });
  const clock = setInterval(() => say(report()), 1000);
  while (!isOver()) {
    const askedAt = now();
    const { parts, sessions } = await source.refresh();
    const part = parts[0]!;
    const listed = sessions.map((session) => listedOf(toSessionJson(session)));
    if (part.takenAt === null) check.refuse(part.problems.map(({ code }) => code).join());
    else check.take({ sessions: listed, problems: part.problems, askedAt });
    watch.look(listed);
    await sleep(dice.between(0, 2 * pauseMs));
  }
  clearInterval(clock);
  say(report());
});

function memory() {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed };
}

import { oddShare, oddUser } from './server.ts';
import { browse, close, enter, hold, idle, leaveShare, read, type Step, write } from './steps.ts';

/** Who comes, and what they do. A name that is no user's makes a guest. */
export interface Visitor {
  readonly name: string;
  readonly encrypt?: boolean;
  readonly steps: readonly Step[];
}

/**
 * Those who are there from the start and stay, one list a machine: four users on the one connection of a terminal
 * server, one of them on three shares; an encrypted one; a guest; two users on machines of their own as well.
 */
export const residents: readonly (readonly Visitor[])[] = [
  [
    {
      name: 'alice',
      steps: [
        ...[enter('projects'), hold('report.txt'), browse],
        ...[enter('media'), hold('report.txt')],
        ...[enter('文档'), hold('report.txt')],
      ],
    },
    { name: 'bob', steps: [enter('projects'), hold('report.txt')] },
    { name: 'carol', steps: [enter('media')] },
    { name: '王小明', steps: [enter('文档'), hold('report.txt')] },
  ],
  [{ name: 'dave', encrypt: true, steps: [enter('projects'), hold('report.txt')] }],
  [{ name: 'visitor', steps: [enter('media'), hold('report.txt')] }],
  [{ name: 'bob', steps: [enter('media'), hold('report.txt')] }],
  [{ name: 'alice', steps: [enter('projects')] }],
];

/** Those who come, work, idle and leave, in this order and then from the first again. */
export const passersBy: readonly Visitor[] = [
  { name: oddUser, steps: [enter('projects'), browse, idle(55)] },
  { name: "o'brien", steps: [enter(oddShare), write('plan.txt', 12), idle(10), read('report.txt', 8)] },
  { name: 'ümlaut', steps: [enter('media'), hold('plan.txt'), idle(15), close, idle(5)] },
  { name: 'someone', steps: [enter('media'), browse, idle(20)] },
  { name: '李娜', steps: [enter('文档'), hold('笔记.txt'), idle(8), enter('projects'), write('笔记.txt', 20)] },
  { name: 'carol', encrypt: true, steps: [enter('projects'), read('report.txt', 10), idle(10)] },
  { name: 'dave', steps: [enter('projects'), hold('plan.txt'), enter('media'), browse, idle(25), leaveShare, idle(5)] },
];

/** The same for visitors who log in on the terminal server's connection, beside those who are on it already. */
export const terminalUsers: readonly Visitor[] = [
  { name: "o'brien", steps: [enter('projects'), hold('report.txt'), idle(18)] },
  { name: '李娜', steps: [enter('media'), browse, idle(6), write('report.txt', 6)] },
];

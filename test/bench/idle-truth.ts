import { setTimeout as sleep } from 'node:timers/promises';
import { now, type SessionJson } from '../../src/sessions/index.ts';
import { runSmbwho, Server } from '../support/program.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import {
  scripts,
  type Visitor,
  visit,
  visitBySmbclient,
  visitByTwo,
  visitInPlace,
  visitTogether,
} from './idle-visitors.ts';

const seconds = 62;
const paceSeconds = 10;
const tolerance = 0.05;
const others = ['sharing', 'shared', 'doubling', 'before', 'after', 'debian'];

/** True idle times beside those of a server that nobody asks, of one that is asked every second, and of a list alone. */
export async function benchIdleTruth(root?: string): Promise<void> {
  const users = [...scripts.map(({ user }) => user), ...others].map((name) => ({ name }));
  const globals = { 'server multi channel support': 'yes' };
  await using samba = await PrivateSamba.start({ users, globals, ...(root === undefined ? {} : { root }) });
  await using alone = await Server.start(['--smb-conf', samba.smbConf]);
  await using asked = await Server.start(['--smb-conf', samba.smbConf]);
  const ask = async (server: Server) => (await server.get('/smbwho/v1/sessions')).body.sessions;
  for (const server of [alone, asked]) await ask(server);
  const visitors = [
    ...(await Promise.all(scripts.map((script) => visit(samba, script)))),
    ...(await visitTogether(samba)),
    await visitByTwo(samba),
    await visitInPlace(samba),
    await visitBySmbclient(samba),
  ];
  const start = performance.now();
  for (let second = 1; second <= seconds; second++) {
    await sleep(Math.max(0, start + second * 1000 - performance.now()));
    await Promise.all(visitors.map((visitor) => visitor.act(second)));
    await ask(asked);
  }
  const list = await runSmbwho(['list', '--json', '--smb-conf', samba.smbConf]);
  const answers = [await ask(alone), await ask(asked), JSON.parse(list.stdout)];
  print(samba.release, visitors, answers);
  await Promise.all(visitors.map((visitor) => visitor.leave()));
}

function print(release: string, visitors: readonly Visitor[], answers: readonly (readonly SessionJson[])[]): void {
  console.log(
    `\nSamba ${release}: idle in seconds after ${seconds} s; true, and what is told too young or (+) too old`,
  );
  console.log(
    `  ${'user'.padEnd(12)}${'true'.padStart(8)}${'not asked'.padStart(20)}${'each second'.padStart(20)}${'list alone'.padStart(20)}`,
  );
  const at = now();
  let isRight = true;
  for (const visitor of visitors) {
    const cells = answers.map((sessions) => {
      const { text, isRight: is } = judge(
        visitor,
        sessions.find(({ user }) => user.name === visitor.user),
      );
      isRight &&= is;
      return text.padStart(20);
    });
    const truth = ((at - visitor.worked.to) / 1e6).toFixed(2);
    console.log(`  ${visitor.user.padEnd(12)}${truth.padStart(8)}${cells.join('')}  ${visitor.what}`);
  }
  console.log(`  none too old, and exact ones within ${paceSeconds} s and ${tolerance * 1000} ms: ${isRight}`);
}

function judge({ worked }: Visitor, session: SessionJson | undefined): { text: string; isRight: boolean } {
  if (session?.last_active_at == null) return { text: 'unknown', isRight: false };
  const activeAt =
    Date.parse(`${session.last_active_at.slice(0, 19)}Z`) * 1000 + Number(session.last_active_at.slice(20, 26));
  // The true moment lies between `from` and `to`.
  const error = (Math.max(0, worked.from - activeAt) - Math.max(0, activeAt - worked.to)) / 1e6;
  const isRight = error <= 0 && (session.idle_certainty === 'lower_bound' || error >= -paceSeconds - tolerance);
  const mark = session.idle_certainty === 'lower_bound' ? '>=' : '';
  return { text: `${mark}${error > 0 ? '+' : ''}${error.toFixed(3)}${isRight ? '' : ' WRONG'}`, isRight };
}

// A worker: asks a `smbwho serve` over HTTPS over and over, both of its APIs in turn, and looks at each answer.
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { now, type PartJson, type SessionJson } from '../../src/sessions/index.ts';
import { Dice } from '../support/load/index.ts';
import { AnswerCheck } from './answer-check.ts';
import { DeathWatch } from './death-watch.ts';
import { listedOf, listedOfSmb, type SmbSessionJson, smbListedOf } from './listed.ts';
import { residentBytes } from './memory.ts';
import type { ApiReaderOptions, ApiReport } from './reader.ts';
import { work } from './work.ts';

await work<ApiReaderOptions, ApiReport>(async ({ options, isOver, say }) => {
  const { expected, pauseMs, seed, url, token, servePid } = options;
  const own = new AnswerCheck(expected, expected.steady.map(listedOf));
  const contract = new AnswerCheck(expected, expected.steady.map(smbListedOf));
  const watch = new DeathWatch([own], options);
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const dice = new Dice(seed + 1);
  const report = (): ApiReport => {
    const rssBytes = residentBytes(servePid);
    const memory = rssBytes === null ? null : { rssBytes, heapBytes: null };
    return { own: own.findings, contract: contract.findings, memory };
  };
  const clock = setInterval(() => say(report()), 1000);
  const ask = async <Body>(path: string, check: AnswerCheck, take: (body: Body, askedAt: number) => void) => {
    const askedAt = now();
    const { status, body } = await get(`${url}${path}`, token, agent).catch((error: Error) => ({
      status: 0,
      body: error.message,
    }));
    if (status === 200) take(body as Body, askedAt);
    else check.refuse(`${path}: ${status} ${JSON.stringify(body).slice(0, 500)}`);
    await sleep(dice.between(0, 2 * pauseMs));
  };
  while (!isOver()) {
    await ask<{ parts: PartJson[]; sessions: SessionJson[] }>('/smbwho/v1/sessions', own, (body, askedAt) => {
      const sessions = body.sessions.map(listedOf);
      own.take({ sessions, problems: body.parts.flatMap(({ problems }) => problems), askedAt });
      watch.look(sessions);
    });
    await ask<{ session_infos: SmbSessionJson[] }>('/v1/smb/sessions/', contract, (body, askedAt) => {
      const at = now();
      const sessions = body.session_infos.map((one) => listedOfSmb(one, at));
      contract.take({ sessions, problems: [], askedAt });
    });
  }
  clearInterval(clock);
  agent.destroy();
  say(report());
});

async function get(url: string, token: string, agent: Agent): Promise<{ status: number; body: unknown }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: unknown }>();
  request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
    text(response).then((body) => resolve({ status: response.statusCode!, body: JSON.parse(body) }), reject);
  })
    .on('error', reject)
    .end();
  return promise;
}

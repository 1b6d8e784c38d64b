import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { buildTestApp, memoryAudit } from '../../test/support/api.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { closerOf, someSession, sourceOf } from '../../test/support/sessions.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { AccessError, type AuditLog, type CloseOutcome, type Closer, toClosePlanJson } from '../sessions/index.ts';
import { remoteCloser } from './index.ts';

const sessions = [someSession(1), someSession(2), someSession(3)];
const locations = sessions.map(({ location }) => location);
const options = { filesFirst: false, watchMs: 0 };
const warnings = [{ code: 'CLOSE_LIKELY_BACK', message: 'it works' }] as const;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Another smbwho, at a port and at a socket. */
async function serve(closer: Closer, closeLimit: number | null = null, audit: AuditLog = memoryAudit()) {
  const folder = new TemporaryFolder();
  ends.push(() => folder[Symbol.dispose]());
  const socketPath = join(folder.path, 's');
  const apps = await Promise.all(
    [{ port: 0, host: '127.0.0.1' }, { path: socketPath }].map(async (listen) => {
      const app = await buildTestApp({
        source: sourceOf(sessions),
        closer,
        closeLimit,
        audit,
        verifier: {
          verify: async (token) =>
            somePrincipal(
              token === 'weak'
                ? ['PRIVILEGE_SMB_SESSION_READ']
                : ['PRIVILEGE_SMB_SESSION_READ', 'PRIVILEGE_SMB_SESSION_WRITE'],
            ),
        },
      });
      ends.unshift(() => app.close());
      return app.listen(listen);
    }),
  );
  const at = (token: string) => ({ url: new URL(apps[0]!), token, ca: null, fingerprint: null });
  return { http: at('good'), weak: at('weak'), socket: { socketPath } };
}

/** Something else that answers. */
async function answering(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return remoteCloser({ url: new URL(`http://127.0.0.1:${port}`), token: 'x', ca: null, fingerprint: null });
}

async function all(outcomes: AsyncIterable<CloseOutcome>): Promise<CloseOutcome[]> {
  const list: CloseOutcome[] = [];
  for await (const outcome of outcomes) list.push(outcome);
  return list;
}

describe('remoteCloser', () => {
  test.each(['http', 'socket'] as const)('plans and closes as the closer there does, over %s', async (way) => {
    const make = () =>
      closerOf(sessions, { numOpensForWriting: 1, warnings, neighbours: locations.slice(2) }, () => ({
        cameBackAs: locations[2]!,
        cameBackAt: 1_795_556_500_123_456,
        filesClosed: 7,
      }));
    const there = make();
    const here = make();
    const closer = remoteCloser((await serve(there))[way]);
    const wanted = [locations[1]!, { ...locations[0]!, creationTime: 5n }, locations[0]!];
    const plan = await closer.plan(wanted);
    const known = (names: { readonly user: { names: readonly string[] } } | null) => names && { ...names, user: null };
    const bare = (one: typeof plan) => one.closes.map((each) => ({ ...each, session: known(each.session) }));
    expect(bare(plan)).toEqual(bare(await here.plan(wanted)));
    expect(plan.problems).toEqual([]);
    const chosen = { filesFirst: true, watchMs: 5, reason: 'moved' };
    expect(await all(closer.close(plan, chosen))).toEqual(await all(here.close(plan, chosen)));
    expect([there.closed, there.options]).toEqual([here.closed, [chosen]]);
  });

  test('who stops listening stops what is left', async () => {
    const third = Promise.withResolvers<object>();
    const there = closerOf(sessions, {}, ({ sessionGlobalId }) => (sessionGlobalId === 2 ? third.promise : {}));
    const closer = remoteCloser((await serve(there)).socket);
    for await (const outcome of closer.close(await closer.plan(locations), options)) {
      expect(outcome.location).toEqual(locations[0]);
      break;
    }
    third.resolve({}); // the server ends only once it knows what became of what it has sent
    expect(there.closed).not.toContain('1.3.134400300000000000');
  });

  test('a plan of nothing asks nobody', async () => {
    const closer = await answering(() => expect.fail('it was asked'));
    expect(await all(closer.close({ madeAt: 0, closes: [], problems: [] }, options))).toEqual([]);
  });

  test('refusals come through with their codes, and nothing is closed', async () => {
    const there = closerOf(sessions);
    const { http, weak } = await serve(there, 2);
    const plan = await remoteCloser(weak).plan(locations);
    await expect(all(remoteCloser(weak).close(plan, options))).rejects.toMatchObject({ code: 'SERVER_DENIED' });
    await expect(all(remoteCloser(http).close(plan, options))).rejects.toMatchObject({ code: 'close_limit_error' });
    const nowhere = remoteCloser({ ...http, url: new URL('http://127.0.0.1:1') });
    await expect(nowhere.plan(locations)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    await expect(all(nowhere.close(plan, options))).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(there.closed).toEqual([]);
  });

  test('what the server can not record it does not close, and says so', async () => {
    const there = closerOf(sessions);
    const audit = memoryAudit(({ operation }) => {
      if (operation === 'smb_close_session') throw new AccessError('AUDIT_UNWRITABLE', 'disk full');
    });
    const closer = remoteCloser((await serve(there, null, audit)).socket);
    const closing = all(closer.close(await closer.plan(locations), options));
    await expect(closing).rejects.toMatchObject({ code: 'audit_unavailable_error' });
    expect(there.closed).toEqual([]);
  });

  test('what can be closed there by now is more than the plan had: its number is none that was confirmed', async () => {
    const there = closerOf(sessions);
    const closer = remoteCloser((await serve(there)).http);
    const { closes, ...rest } = await closer.plan(locations);
    const shorter = { ...rest, closes: closes.map((each) => ({ ...each, notClosable: 'unreadable' as const })) };
    await expect(all(closer.close(shorter, options))).rejects.toMatchObject({ code: 'close_confirmation_error' });
    expect(there.closed).toEqual([]);
  });
});

describe('a server that breaks off, or says something else', () => {
  const line = (i: number, changes: object = {}) =>
    `${JSON.stringify({ location: `1.${i}.134400300000000000`, result: 'closed', message: '', took_ms: 1, files_closed: 0, came_back_as: null, came_back_at: null, ...changes })}\n`;
  const plan = closerOf(sessions).plan(locations);

  test.each<[string, string, string[]]>([
    ['nothing', '', ['failed', 'failed', 'failed']],
    ['a line, and half of one', line(2) + line(1).slice(0, 40), ['closed', 'failed', 'failed']],
    ['a line, and no JSON', `${line(1)}<html>\n${line(2)}`, ['closed', 'failed', 'failed']],
    ['null', 'null\n', ['failed', 'failed', 'failed']],
    ['another session', line(1) + line(9), ['closed', 'failed', 'failed']],
    ['the same session again', line(1) + line(1), ['closed', 'failed', 'failed']],
    ['a result that is none', line(1, { result: 'maybe' }), ['failed', 'failed', 'failed']],
    ['a number that is a text', line(1, { took_ms: '\u001b' }), ['failed', 'failed', 'failed']],
    ['an endless line', 'x'.repeat(1_000_000), ['failed', 'failed', 'failed']],
  ])('%s: what is not known is said to be so', async (_, text, results) => {
    const closer = await answering((_request, reply) => reply.end(text));
    const outcomes = await all(closer.close(await plan, options));
    expect(outcomes.map(({ result }) => result)).toEqual(results);
    expect(new Set(outcomes.map(({ location }) => location.sessionGlobalId)).size).toBe(3);
    for (const { result, message } of outcomes) if (result === 'failed') expect(message).toMatch(/^not known: /);
  });

  test.each(['before it answers', 'within its answer'])('the connection breaks %s', async (when) => {
    const closer = await answering((request, reply) => {
      request.resume().on('end', () => {
        if (when === 'before it answers') request.socket.destroy();
        else reply.write(line(3), () => request.socket.destroy());
      });
    });
    const outcomes = await all(closer.close(await plan, options));
    const closed = when === 'before it answers' ? [] : ['closed'];
    expect(outcomes.map(({ result }) => result)).toEqual([...closed, 'failed', 'failed', 'failed'].slice(0, 3));
    expect(outcomes.at(-1)!.message).toMatch(/^not known: http:\/\/127/);
  });

  test('outcomes are handed on as they come', async () => {
    const rest = Promise.withResolvers<void>();
    const closer = await answering(async (_request, reply) => {
      reply.write(line(2));
      await rest.promise;
      reply.end(line(1) + line(3));
    });
    const ids: number[] = [];
    for await (const { location } of closer.close(await plan, options)) {
      ids.push(location.sessionGlobalId);
      rest.resolve(); // it would wait for ever for a first outcome that comes with the last
    }
    expect(ids).toEqual([2, 1, 3]);
  });

  test.each([
    ['HTML', '<html>'],
    ['null', 'null'],
    ['a plan of nothing', JSON.stringify({ made_at: '2026-11-24T21:41:40.000000Z', closes: [], problems: [] })],
    ['closes that are none', JSON.stringify({ made_at: '2026-11-24T21:41:40.000000Z', closes: 5, problems: [] })],
  ])('%s is no plan', async (_, text) => {
    const closer = await answering((_request, reply) => reply.end(text));
    await expect(closer.plan(locations)).rejects.toMatchObject({ code: 'SERVER_ANSWER' });
  });

  test('a plan for other sessions than those asked for is none', async () => {
    const other = await closerOf(sessions).plan(locations.slice(0, 2));
    const closer = await answering((_request, reply) => reply.end(JSON.stringify(toClosePlanJson(other))));
    await expect(closer.plan(locations.slice(1))).rejects.toMatchObject({ code: 'SERVER_ANSWER' });
  });
});

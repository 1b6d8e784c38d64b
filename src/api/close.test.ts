import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { afterEach, describe, expect, test } from 'vitest';
import { buildTestApp, memoryAudit } from '../../test/support/api.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { closerOf, someSession, sourceOf, type TestCloser } from '../../test/support/sessions.ts';
import { AccessError, type AuditLog, type Closer, formatLocation, type Privilege } from '../sessions/index.ts';
import { ErrorSchema, sharedSchemas } from './schemas.ts';
import type { Api } from './services.ts';

const sessions = Array.from({ length: 150 }, (_, i) => someSession(i + 1));
const names = sessions.map(({ location }) => formatLocation(location));
const [first, second, third] = names as [string, string, string];
const schemas = Object.fromEntries(sharedSchemas.map((schema) => [(schema as { $id: string }).$id, schema]));
const isError = Compile(schemas, ErrorSchema);

const privileges: Record<string, Privilege[]> = {
  good: ['PRIVILEGE_SMB_SESSION_READ', 'PRIVILEGE_SMB_SESSION_WRITE'],
  reader: ['PRIVILEGE_SMB_SESSION_READ'],
  lister: ['PRIVILEGE_SMB_SESSION_READ', 'PRIVILEGE_SMB_FILE_HANDLE_READ'],
};
const logged: string[] = [];
const apps: Api[] = [];
afterEach(async () => {
  logged.length = 0;
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

async function build(closer: Closer, closeLimit: number | null = null, audit: AuditLog = memoryAudit()): Promise<Api> {
  const app = await buildTestApp({
    source: sourceOf(sessions),
    closer,
    closeLimit,
    audit,
    verifier: {
      verify: async (token) => (privileges[token] ? somePrincipal(privileges[token], { name: `${token} one` }) : null),
    },
    logger: { level: 'warn', stream: { write: (line) => logged.push(line) } },
  });
  apps.push(app);
  return app;
}

interface Asked {
  readonly closer?: Closer;
  readonly closeLimit?: number;
  readonly audit?: AuditLog;
  readonly token?: string;
  readonly type?: string;
}

async function post(url: string, body: unknown, asked: Asked = {}) {
  const { closer = closerOf(sessions), closeLimit = null, token = 'good', type = 'application/json' } = asked;
  const app = await build(closer, closeLimit, asked.audit);
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return app.inject({
    method: 'POST',
    url,
    payload,
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
  });
}

const closeContract = (body: unknown, asked?: Asked) => post('/v1/smb/sessions/close', body, asked);

describe('POST /v1/smb/sessions/close', () => {
  test('an answer for each, in the order of the body', async () => {
    const closer = closerOf(sessions);
    const stale = '1.1.134400300000000001';
    const body = [{ location: third }, { location: stale }, { location: 'nonsense' }, { location: first }];
    const reply = await closeContract(body, { closer });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    expect(reply.json()).toEqual([
      { error_message: '' },
      { error_message: 'already gone' },
      { error_message: expect.stringMatching(/^not found: /) },
      { error_message: '' },
    ]);
    expect(closer.closed).toEqual([third, first]);
    expect(closer.options).toEqual([{ filesFirst: false, watchMs: 0 }]);
  });

  test('what comes from the list can be sent back whole; only the location counts, whatever the rest is', async () => {
    const closer = closerOf(sessions);
    const listed = await (await build(closer)).inject({
      url: '/v1/smb/sessions/?limit=2',
      headers: { authorization: 'Bearer good' },
    });
    const strange = { location: third, user: 5, tenant_id: { a: [[]] }, share_names: null, filter: '*', num_opens: '' };
    const reply = await closeContract([...listed.json().session_infos, strange], { closer });
    expect(reply.json()).toEqual(Array(3).fill({ error_message: '' }));
    expect(closer.closed).toEqual([first, second, third]);
  });

  test('one that is named several times is closed once, and answered each time', async () => {
    const closer = closerOf(sessions);
    const reply = await closeContract(
      [first, second, first].map((location) => ({ location })),
      { closer },
    );
    expect(reply.json()).toEqual(Array(3).fill({ error_message: '' }));
    expect(closer.closed).toEqual([first, second]);
  });

  test('outcomes in words', async () => {
    const message = 'accepted, still closing';
    const closer = closerOf(sessions, {}, ({ sessionGlobalId }) =>
      sessionGlobalId === 1 ? { result: 'closing', message } : { result: 'failed' },
    );
    expect((await closeContract([{ location: first }, { location: second }], { closer })).json()).toEqual([
      { error_message: message },
      { error_message: 'failed' },
    ]);
  });

  test.each(['/v1/smb/sessions/close/', '/api/v1/smb/sessions/close', '/api/v1/smb/sessions/close/'])(
    '%s is the same call',
    async (url) => {
      expect((await post(url, [{ location: first }])).json()).toEqual([{ error_message: '' }]);
    },
  );

  test('none is none, and other methods are not for it', async () => {
    expect((await closeContract([])).json()).toEqual([]);
    const reply = await (await build(closerOf(sessions))).inject('/v1/smb/sessions/close');
    expect([reply.statusCode, reply.headers.allow]).toEqual([405, 'POST']);
  });

  test.each([
    ['not an array', { location: first }],
    ['a text', JSON.stringify(first)],
    ['nothing', 'null'],
    ['an empty body', ''],
    ['texts', [first]],
    ['nested arrays', [[{ location: first }]]],
    ['a nested array beside a session', [{ location: first }, [{ location: second }]]],
    ['no location', [{ location: first }, {}]],
    ['a location that is a number', [{ location: first }, { location: 1 }]],
    ['a location that is null', [{ location: first }, { location: null }]],
    ['a location in an array', [{ location: [first] }]],
    ['null', [{ location: first }, null]],
    ['a location that is inherited', `[{"location":"${first}"},{"__proto__":{"location":"${second}"}}]`],
    ['no JSON', `[{"location":"${first}"}`],
    ['more than JSON', `[{"location":"${first}"}] x`],
  ])('%s: refused whole, and no closer is asked', async (_, body) => {
    const closer = closerOf(sessions);
    const reply = await closeContract(body, { closer });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ error_class: 'decode_error' });
    expect(isError.Check(reply.json())).toBe(true);
    expect([closer.planned, closer.closed]).toEqual([[], []]);
  });

  test('a body of 4 MiB is read, one beyond is not', async () => {
    const closer = closerOf(sessions);
    const toSize = (bytes: number) => {
      const [before, after] = [`[{"location":"${first}","padding":"`, '"}]'];
      return before + 'x'.repeat(bytes - before.length - after.length) + after;
    };
    const beyond = await closeContract(toSize(4 * 1024 * 1024 + 1), { closer });
    expect([beyond.statusCode, beyond.json().error_class]).toEqual([413, 'body_too_large_error']);
    expect(closer.planned).toEqual([]);
    expect((await closeContract(toSize(4 * 1024 * 1024), { closer })).json()).toEqual([{ error_message: '' }]);
  });

  test('any body closes what it names in the one right form, and nothing else', async () => {
    const closer = closerOf(sessions);
    const app = await build(closer);
    const headers = { authorization: 'Bearer good', 'content-type': 'application/json' };
    const element = fc.oneof(
      fc.jsonValue(),
      fc.record({ location: fc.oneof(fc.jsonValue(), fc.constantFrom(...names, '1', '', '1.1.0', `${first} `)) }),
    );
    const bodies = fc.oneof(fc.jsonValue(), fc.array(element, { maxLength: 5 }), fc.array(fc.array(element)));
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const [planned, closed] = [closer.planned.length, closer.closed.length];
        const url = '/v1/smb/sessions/close';
        const reply = await app.inject({ method: 'POST', url, headers, payload: JSON.stringify(body) });
        const isRight =
          Array.isArray(body) &&
          body.every((one) => typeof (one as { location?: unknown } | null)?.location === 'string');
        expect(reply.statusCode).toBe(isRight ? 200 : 400);
        if (isRight) expect(reply.json()).toHaveLength(body.length);
        else expect([closer.planned.length, closer.closed.length]).toEqual([planned, closed]);
        const named = isRight ? (body as { location: string }[]).map(({ location }) => location) : [];
        for (const location of closer.closed.slice(closed)) expect(named).toContain(location);
      }),
      { numRuns: 300 },
    );
  });

  test('where Samba can not be read at all: 503 with the reason', async () => {
    const closer = closerOf([]);
    const unreadable: Closer = {
      ...closer,
      plan: async (locations) => {
        const plan = await closer.plan(locations);
        const closes = plan.closes.map((each) => ({ ...each, notClosable: 'unreadable' as const }));
        return { ...plan, closes, problems: [{ code: 'SAMBA_DENIED', message: 'why' }] };
      },
    };
    const reply = await closeContract([{ location: first }], { closer: unreadable });
    expect([reply.statusCode, reply.json().description]).toEqual([503, 'SAMBA_DENIED: why']);
  });
});

describe('who may close, and how much', () => {
  const urls = ['/v1/smb/sessions/close', '/smbwho/v1/close'];
  test.each(urls)('%s needs its own privilege, told before the body is read', async (url) => {
    for (const [token, status] of [
      ['reader', 403],
      ['nobody', 401],
    ] as const) {
      const closer = closerOf(sessions);
      expect((await post(url, '{', { closer, token })).statusCode).toBe(status);
      expect(closer.planned).toEqual([]);
    }
  });

  test('a plan names files to those who may list them', async () => {
    const file = { instance: 1, file: { device: 1n, inode: 2n, extension: 0n }, pid: 3, uniqueId: 4n };
    const location = { ...file, shareFileId: 5n, openedMicros: 6 };
    const closer = () => closerOf(sessions, { files: [{ path: '/srv/salaries.xlsx', forWriting: true, location }] });
    const ask = (token: string) => post('/smbwho/v1/close-plan', { locations: [first] }, { token, closer: closer() });
    expect((await ask('lister')).body).toContain('salaries');
    expect((await ask('reader')).json().closes[0].files).toEqual([]);
  });

  test('a plan only reads', async () => {
    expect((await post('/smbwho/v1/close-plan', { locations: [first] }, { token: 'reader' })).statusCode).toBe(200);
  });

  test('calls beyond the limit are refused whole', async () => {
    const closer = closerOf(sessions);
    const locations = [first, second, third];
    const contract = await closeContract(
      locations.map((location) => ({ location })),
      { closer, closeLimit: 2 },
    );
    const richer = await post('/smbwho/v1/close', { locations }, { closer, closeLimit: 2 });
    for (const reply of [contract, richer]) {
      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toMatchObject({
        error_class: 'close_limit_error',
        description: expect.stringMatching(/2 .*3/),
      });
    }
    expect(closer.planned).toEqual([]);
    expect(
      (await closeContract([{ location: first }, { location: second }], { closer, closeLimit: 2 })).json(),
    ).toHaveLength(2);
  });

  test('a body that names more than 20000 is refused by that number, before any of them is looked at', async () => {
    const message = 'one call may name 20000 sessions here, and this one names 20001; nothing was closed';
    for (const [url, toBody] of [
      ['/v1/smb/sessions/close', (named: unknown[]) => named],
      ['/smbwho/v1/close', (locations: unknown[]) => ({ locations })],
      ['/smbwho/v1/close-plan', (locations: unknown[]) => ({ locations })],
    ] as const) {
      const closer = closerOf(sessions);
      // None is what it must be: had one been looked at, it would be a decode_error.
      const reply = await post(url, toBody(Array(20_001).fill({})), { closer, closeLimit: 30_000 });
      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toMatchObject({ error_class: 'close_limit_error', description: message });
      const most = await post(url, toBody(Array(20_000).fill({})), { closer });
      expect(most.json()).toMatchObject({ error_class: 'decode_error' });
      expect(closer.planned).toEqual([]);
    }
  });

  test("the operator's limit goes before the form, and is none of a plan", async () => {
    expect((await closeContract([{}, {}, {}], { closeLimit: 2 })).json().error_class).toBe('close_limit_error');
    const asked = await post('/smbwho/v1/close-plan', { locations: [first, second, third] }, { closeLimit: 2 });
    expect(asked.statusCode).toBe(200);
  });

  test('each session that is closed has its line in the log, and one that was not there has none', async () => {
    const user = { ...sessions[0]!.user, name: 'al\u001b[31mice\n{"level":60}' };
    const closer = closerOf([someSession(1, { user })]);
    await post('/smbwho/v1/close', { locations: [first, second], reason: 'moved\n\u001b' }, { closer });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^\{.*\}\n$/);
    expect(logged[0]).not.toContain('\u001b');
    expect(JSON.parse(logged[0]!)).toMatchObject({
      operation: 'smb_close_session',
      by: 'good one',
      from: '127.0.0.1',
      location: first,
      user: user.name,
      reason: 'moved\n\u001b',
      result: 'closed',
      message: '',
      msg: 'smb_close_session',
    });
  });
});

describe('the record', () => {
  const urls = ['/v1/smb/sessions/close', '/smbwho/v1/close'];
  const bodyFor = (url: string, locations: readonly string[]) =>
    url.startsWith('/v1') ? locations.map((location) => ({ location })) : { locations };

  test.each(urls)('%s: nothing is sent that can not be recorded', async (url) => {
    const closer = closerOf(sessions);
    const audit = memoryAudit(() => {
      throw new AccessError('AUDIT_UNWRITABLE', 'disk full');
    });
    const reply = await post(url, bodyFor(url, [first, second]), { closer, audit });
    expect([reply.statusCode, reply.json().error_class]).toEqual([503, 'audit_unavailable_error']);
    expect(isError.Check(reply.json())).toBe(true);
    expect([closer.options, closer.closed]).toEqual([[], []]);
  });

  test.each(urls)('%s: all that is to be closed stands there before, and then what became of it', async (url) => {
    const closer = closerOf(sessions);
    const audit = memoryAudit(({ outcome }) => {
      if (outcome === 'begun') expect(closer.options).toEqual([]);
    });
    await post(url, bodyFor(url, [first, second, '1.1.5']), { closer, audit });
    const actor = { name: 'good one', accountId: '500', tokenId: '1', from: '127.0.0.1' };
    const operation = 'smb_close_session';
    expect(audit.events).toMatchObject([
      { operation, actor, target: first, user: 'alice', outcome: 'begun', begunAs: null, cost: { opens: 2 } },
      { operation, actor, target: second, outcome: 'begun' },
      { operation, actor, target: first, outcome: 'closed', begunAs: 1 },
      { operation, actor, target: second, outcome: 'closed', begunAs: 2 },
    ]);
  });

  test('a plan is recorded, and is none where it can not be', async () => {
    const audit = memoryAudit();
    await post('/smbwho/v1/close-plan', { identity: 'alice' }, { audit });
    expect(audit.events).toMatchObject([{ operation: 'smb_plan_close', target: '150', cost: { opens: 300 } }]);
    const full = memoryAudit(() => {
      throw new AccessError('AUDIT_UNWRITABLE', 'disk full');
    });
    expect((await post('/smbwho/v1/close-plan', { identity: 'alice' }, { audit: full })).statusCode).toBe(503);
  });

  test('the app ends once it is recorded what became of all that was sent', async () => {
    const sent = Promise.withResolvers<object>();
    const closer = closerOf(sessions, {}, () => sent.promise);
    const audit = memoryAudit();
    const app = await build(closer, null, audit);
    const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
    const socket = connect(Number(port), '127.0.0.1');
    const body = JSON.stringify([{ location: first }]);
    socket.write(
      `POST /v1/smb/sessions/close HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    while (closer.closed.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const closed = app.close().then(() => audit.events.map(({ outcome }) => outcome));
    await once(socket, 'close');
    sent.resolve({});
    expect(await closed).toEqual(['begun', 'closed']);
  });
});

describe('POST /smbwho/v1/close-plan', () => {
  const plan = (body: unknown, closer: TestCloser = closerOf(sessions)) =>
    post('/smbwho/v1/close-plan', body, { closer });

  test('says what it would cost, as its schema has it, and closes nothing', async () => {
    const warnings = [{ code: 'CLOSE_LIKELY_BACK', message: 'it works' }] as const;
    const closer = closerOf(sessions, { numOpensForWriting: 1, warnings, neighbours: [sessions[6]!.location] });
    const reply = await plan({ locations: [second, '1.1.5', second] }, closer);
    expect([...Compile(schemas, Type.Ref('ClosePlan')).Errors(reply.json())]).toEqual([]);
    expect(reply.json()).toMatchObject({
      to_confirm: 1,
      closes: [
        { location: second, session: { location: second, user: { name: 'alice' } }, not_closable: null, warnings },
        { location: '1.1.5', session: null, not_closable: 'gone' },
      ],
      problems: [],
    });
    expect(reply.json().closes[0]).toMatchObject({ num_neighbours: 1, neighbours: [names[6]] });
    expect(closer.options).toEqual([]);
  });

  test('of all that filters leave', async () => {
    expect((await plan({ identity: 'alice', share: 'DOCS', from: '192.0.2.0/24' })).json().closes).toHaveLength(150);
    expect((await plan({ share: 'none' })).json()).toMatchObject({ closes: [], to_confirm: null });
    expect((await plan({ identity: 'alice' })).json().to_confirm).toBe(150);
  });

  test.each([
    [{}, 'decode_error'],
    [{ locations: [first], share: 'docs' }, 'decode_error'],
    [{ locations: first }, 'decode_error'],
    [{ locations: [first, 'x'] }, 'decode_error'],
    [{ idel_over: '8h', share: 'docs' }, 'decode_error'],
    [{ share: 5 }, 'decode_error'],
    [{ share: null }, 'decode_error'],
    [[], 'decode_error'],
    [{ from: 'nowhere' }, 'bad_parameter_error'],
    [{ idle_over: 'soon' }, 'bad_parameter_error'],
    [{ identity: '' }, 'identity_syntax_error'],
  ])('%j: 400 %s', async (body, errorClass) => {
    const closer = closerOf(sessions);
    const reply = await plan(body, closer);
    expect([reply.statusCode, reply.json().error_class]).toEqual([400, errorClass]);
    expect(closer.planned).toEqual([]);
  });

  test('thousands of keys are refused by their number', async () => {
    const keys = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`key${i}`, 1]));
    expect((await plan(keys)).json()).toMatchObject({
      error_class: 'decode_error',
      description: 'the body has more than 100 keys, most of them not known here',
    });
  });

  test('a key that is not known is named', async () => {
    expect((await plan({ idel_over: '8h' })).json().description).toBe('idel_over is no key that is known here');
  });
});

describe('POST /smbwho/v1/close', () => {
  const close = (body: unknown, closer: TestCloser = closerOf(sessions)) => post('/smbwho/v1/close', body, { closer });

  test('a line for each session, as its schema has it', async () => {
    const closer = closerOf(sessions, {}, () => ({
      cameBackAs: sessions[4]!.location,
      cameBackAt: 1_795_556_500_000_000,
    }));
    const reply = await close(
      { locations: [second, '1.1.5'], files_first: true, watch_ms: 30_000, reason: 'r' },
      closer,
    );
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    const lines = reply.body.split('\n');
    expect(lines.pop()).toBe('');
    const outcomes = lines.map((line) => JSON.parse(line));
    for (const outcome of outcomes) {
      expect([...Compile(schemas, Type.Ref('CloseOutcome')).Errors(outcome)]).toEqual([]);
    }
    expect(outcomes).toMatchObject([
      {
        location: second,
        result: 'closed',
        took_ms: 3,
        came_back_as: names[4],
        came_back_at: '2026-11-24T21:41:40.000000Z',
      },
      { location: '1.1.5', result: 'gone' },
    ]);
    expect(closer.options).toEqual([{ filesFirst: true, watchMs: 30_000, reason: 'r' }]);
  });

  test.each([
    ['many', {}, names, 150],
    ['one that writes', { numOpensForWriting: 2 }, [first], 1],
    ['one that may write', { numOpensForWriting: null, numOpens: 1 }, [first], 1],
  ])('%s: their number must be confirmed', async (_, costs, locations, number) => {
    for (const confirmed of [undefined, 0, number - 1, number + 1]) {
      const closer = closerOf(sessions, costs);
      const reply = await close({ locations, confirmed }, closer);
      expect(reply.statusCode).toBe(409);
      expect(reply.json()).toMatchObject({
        error_class: 'close_confirmation_error',
        description: expect.stringContaining(`send confirmed: ${number}. Nothing was closed`),
      });
      expect(closer.options).toEqual([]);
    }
    const closer = closerOf(sessions, costs);
    expect((await close({ locations, confirmed: number }, closer)).statusCode).toBe(200);
    expect(closer.closed).toEqual(locations);
  });

  test('where writing is not known, but nothing is open, nothing must be confirmed', async () => {
    const closer = closerOf(sessions, { numOpensForWriting: null, numOpens: 0 });
    expect((await close({ locations: [first] }, closer)).statusCode).toBe(200);
  });

  test('a session that has ended since its number was confirmed does no harm', async () => {
    const closer = closerOf(sessions.slice(1));
    expect((await close({ locations: names, confirmed: 150 }, closer)).statusCode).toBe(200);
    expect(closer.closed).toHaveLength(149);
  });

  test('a number that is confirmed without need must be right all the same', async () => {
    expect((await close({ locations: [first, second], confirmed: 1 })).statusCode).toBe(409);
    expect((await close({ locations: [first, second], confirmed: 2 })).statusCode).toBe(200);
  });

  test.each([
    {},
    [],
    { identity: 'alice' },
    { locations: [first], share: 'docs' },
    { locations: [[first]] },
    { locations: [first, 'x'] },
    { locations: [first], watch_ms: 30_001 },
    { locations: [first], watch_ms: '5' },
    { locations: [first], confirmed: '1' },
    { locations: [first], files_first: 'yes' },
    { locations: [first], reason: 'x'.repeat(501) },
  ])('%j: 400, and nothing is planned', async (body) => {
    const closer = closerOf(sessions);
    const reply = await close(body, closer);
    expect([reply.statusCode, reply.json().error_class]).toEqual([400, 'decode_error']);
    expect(closer.planned).toEqual([]);
  });

  test('the answer begins before the first outcome, and goes on line by line; who goes away stops the rest', async () => {
    const steps = sessions.slice(0, 3).map(() => Promise.withResolvers<object>());
    const closer = closerOf(sessions, {}, ({ sessionGlobalId }) => steps[sessionGlobalId - 1]!.promise);
    const app = await build(closer);
    const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
    const socket = connect(Number(port), '127.0.0.1');
    const [accepted]: Socket[] = await once(app.server, 'connection');
    let text = '';
    const until = async (pattern: RegExp) => {
      while (!pattern.test(text)) text += String((await once(socket, 'data'))[0]);
    };
    const body = JSON.stringify({ locations: [first, second, third] });
    socket.write(
      `POST /smbwho/v1/close HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    await until(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n/);
    expect(text).not.toContain('"result"');
    steps[0]!.resolve({});
    await until(/"result":"closed"/);
    expect(closer.closed).toEqual([first, second]);
    socket.destroy();
    await once(accepted!, 'close');
    steps[1]!.resolve({});
    // The log has all of them.
    while (logged.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { location: first, result: 'closed' },
      { location: second, result: 'closed' },
      { location: third, result: 'failed', message: 'given up' },
    ]);
    expect(closer.closed).toEqual([first, second]);
  });
});

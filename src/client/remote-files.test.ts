import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { buildTestApp, verifierOf } from '../../test/support/api.ts';
import { fileCloserOf, fileSourceOf, someFile, strayFile, writing } from '../../test/support/files.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { type FileCloseOutcome, now, type OpenFile, toIso, toOpenFileJson } from '../sessions/index.ts';
import { RemoteFileSource, remoteFileCloser } from './index.ts';

const files = [strayFile(3), someFile(1, { path: '/srv/docs/folder' }), someFile(2, { accessMask: writing })];
const locations = files.map(({ location }) => location);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(changes: Parameters<typeof buildTestApp>[0] = {}) {
  const app = await buildTestApp({
    files: fileSourceOf(files),
    verifier: verifierOf({
      good: somePrincipal(['PRIVILEGE_SMB_FILE_HANDLE_READ', 'PRIVILEGE_SMB_FILE_HANDLE_WRITE']),
      weak: somePrincipal(['PRIVILEGE_SMB_SESSION_READ']),
    }),
    ...changes,
  });
  ends.push(() => app.close());
  const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  return (token: string) => ({ url, token, ca: null, fingerprint: null });
}

/** Something else that answers, with this text. */
async function answering(text: string) {
  const server = createServer((_, reply) => reply.end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}`), token: 'x', ca: null, fingerprint: null };
}

const bare = (file: OpenFile) => ({ ...file, user: file.user && { ...file.user, names: [] } });

async function all(outcomes: AsyncIterable<FileCloseOutcome>): Promise<FileCloseOutcome[]> {
  const list: FileCloseOutcome[] = [];
  for await (const outcome of outcomes) list.push(outcome);
  return list;
}

describe('RemoteFileSource', () => {
  test('has the files that the server lists, directories told', async () => {
    const address = await serve();
    const { parts, files: listed } = await new RemoteFileSource(address('good')).files();
    expect(parts).toMatchObject([{ verdict: 'complete' }]);
    const told = await fileSourceOf([]).resolveKinds(files);
    expect(listed.map(bare)).toEqual(told.map(bare));
  });

  test("a refusal, and the reader's own reason, are problems of its part", async () => {
    const address = await serve();
    expect(await new RemoteFileSource(address('weak')).files()).toMatchObject({
      parts: [{ takenAt: null, problems: [{ code: 'SERVER_DENIED' }] }],
      files: [],
    });
    const problems = [{ code: 'SAMBA_ABSENT', message: 'no smbd runs' }];
    const absent = await serve({ files: fileSourceOf([], { takenAt: null, problems, verdict: 'partial' }) });
    expect(await new RemoteFileSource(absent('good')).files()).toMatchObject({
      parts: [{ problems: [{ code: 'SAMBA_ABSENT' }] }],
    });
  });

  test('a server whose clock is an hour ahead: ages are the server’s', async () => {
    const aheadMicros = 3_600_000_000;
    const at = now() + aheadMicros;
    const part = { instance: 1, node: null, taken_at: toIso(at), verdict: 'complete', problems: [], recording: null };
    const opened = toOpenFileJson(someFile(1, { openedAt: at - 5_000_000 }));
    const address = await answering(
      JSON.stringify({ now: toIso(at), parts: [part], files: [opened], paging: { next: null } }),
    );
    const { files: listed } = await new RemoteFileSource(address).files();
    const moved = listed[0]!.openedAt - (at - 5_000_000);
    expect(Math.round(moved / 60_000_000)).toBe(-60);
  });

  test.each([
    ['HTML', '<html>'],
    ['null', 'null'],
    ['files that are none', JSON.stringify({ parts: [], files: [{ location: 5 }], paging: { next: null } })],
  ])('%s is no list', async (_, text) => {
    const { parts } = await new RemoteFileSource(await answering(text)).files();
    expect(parts[0]!.problems[0]!.code).toBe('SERVER_ANSWER');
  });
});

describe('remoteFileCloser', () => {
  test('plans and closes as the closer there does', async () => {
    const [there, here] = [fileCloserOf(files), fileCloserOf(files)];
    const closer = remoteFileCloser((await serve({ fileCloser: there }))('good'));
    const wanted = [locations[2]!, { ...locations[1]!, uniqueId: 5n }, locations[1]!];
    const plan = await closer.plan(wanted);
    const plain = (one: typeof plan) => one.closes.map((close) => ({ ...close, file: close.file && bare(close.file) }));
    expect(plain(plan)).toEqual(plain(await here.plan(wanted)));
    expect(await all(closer.close(plan, { reason: 'moved' }))).toEqual(await all(here.close(plan, {})));
    expect([there.closed, there.reasons]).toEqual([here.closed, ['moved']]);
  });

  test('refusals come through with their codes, and nothing is closed', async () => {
    const there = fileCloserOf(files);
    const address = await serve({ fileCloser: there, closeLimit: 1 });
    await expect(remoteFileCloser(address('weak')).plan(locations)).rejects.toMatchObject({ code: 'SERVER_DENIED' });
    const closer = remoteFileCloser(address('good'));
    const closing = all(closer.close(await closer.plan(locations), {}));
    await expect(closing).rejects.toMatchObject({ code: 'close_limit_error' });
    expect(there.closed).toEqual([]);
  });

  test('a server that breaks off: what is not known is said to be so', async () => {
    const plan = await fileCloserOf(files).plan(locations);
    const outcomes = await all(remoteFileCloser(await answering('')).close(plan, {}));
    expect(outcomes.map(({ result }) => result)).toEqual(['failed', 'failed', 'failed']);
    for (const { message } of outcomes) expect(message).toMatch(/^not known: /);
  });
});

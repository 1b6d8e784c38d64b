import { describe, expect, test } from 'vitest';
import { buildTestApp, memoryAudit, verifierOf } from '../../test/support/api.ts';
import { fileCloserOf, fileSourceOf, someFile, strayFile, writing } from '../../test/support/files.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { formatFileLocation, type OpenFile, type Privilege } from '../sessions/index.ts';

const folder = someFile(1, { path: '/srv/docs/folder' });
const written = someFile(2, { accessMask: writing, numByteRangeLocks: 3, stream: 'notes' });
const stray = strayFile(3);
const other = someFile(1, {
  location: { ...folder.location, file: { device: 1n, inode: 2n ** 64n - 1n, extension: 0n } },
});
// In the order of locations: no process has the last one's handle.
const files = [other, stray, folder, written];
const name = (file: OpenFile) => formatFileLocation(file.location);

const both: readonly Privilege[] = ['PRIVILEGE_SMB_FILE_HANDLE_READ', 'PRIVILEGE_SMB_FILE_HANDLE_WRITE'];

async function start(changes: Parameters<typeof buildTestApp>[0] = {}) {
  const fileCloser = fileCloserOf(files);
  const audit = memoryAudit();
  const app = await buildTestApp({
    files: fileSourceOf(files),
    fileCloser,
    audit,
    verifier: verifierOf({ t: somePrincipal(both) }),
    ...changes,
  });
  const headers = { authorization: 'Bearer t' };
  const get = async (url: string) => {
    const { statusCode, body, headers: sent } = await app.inject({ url, headers });
    return { status: statusCode, body: JSON.parse(body), headers: sent };
  };
  const post = async (url: string, payload: unknown) => {
    const { statusCode, body } = await app.inject({ method: 'POST', url, headers, payload: payload as object });
    return {
      status: statusCode,
      text: body,
      body: body.startsWith('{') || body.startsWith('[') ? JSON.parse(body.split('\n')[0]!) : null,
    };
  };
  return { get, post, fileCloser, audit, [Symbol.asyncDispose]: () => app.close() };
}

describe('GET /v1/smb/files/', () => {
  test('has what the contract asks for, and no more', async () => {
    await using api = await start();
    const { status, body } = await api.get('/api/v1/smb/files');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['file_handles', 'paging']);
    expect(body.paging).toEqual({ next: null });
    expect(body.file_handles[3]).toEqual({
      file_number: '77',
      handle_info: {
        location: name(written),
        version: 0,
        num_byte_range_locks: 3,
        num_notify_watches: '0',
        access_mask: [
          'MS_ACCESS_FILE_READ_DATA',
          'MS_ACCESS_FILE_WRITE_DATA',
          'MS_ACCESS_FILE_READ_EA',
          'MS_ACCESS_FILE_READ_ATTRIBUTES',
          'MS_ACCESS_READ_CONTROL',
          'MS_ACCESS_SYNCHRONIZE',
        ],
        owner: '1000',
        path: '',
      },
    });
  });

  test.each(['true', 'True', 'TRUE'])(
    'resolve_paths=%s says paths: folders by a slash, streams by a colon',
    async (word) => {
      await using api = await start();
      const { body } = await api.get(`/v1/smb/files/?resolve_paths=${word}`);
      expect(body.file_handles.map(({ handle_info }: never) => (handle_info as { path: string }).path)).toEqual([
        '/srv/docs/file 1.txt',
        '/srv/docs/file 3.txt',
        '/srv/docs/folder/',
        '/srv/docs/file 2.txt:notes',
      ]);
    },
  );

  test('whose session is not known belongs to its uid', async () => {
    await using api = await start();
    const { body } = await api.get('/v1/smb/files/');
    expect(body.file_handles[1].handle_info.owner).toBe(String((3n << 32n) + 20_001n));
  });

  test.each([
    ['77', 3],
    ['18446744073709551615', 1],
    ['5', 0],
  ])('file_number=%s', async (number, count) => {
    await using api = await start();
    expect((await api.get(`/v1/smb/files/?file_number=${number}`)).body.file_handles).toHaveLength(count);
  });

  test('page by page, with all that was asked for', async () => {
    await using api = await start();
    const seen: string[] = [];
    let path: string | null = '/v1/smb/files/?limit=1&file_number=77&resolve_paths=True';
    while (path !== null) {
      const { body }: { body: { file_handles: { handle_info: { path: string } }[]; paging: { next: string | null } } } =
        await api.get(path);
      expect(body.file_handles).toHaveLength(1);
      seen.push(body.file_handles[0]!.handle_info.path);
      path = body.paging.next;
      expect(path ?? '/v1/smb/files/?').toMatch(/^\/v1\/smb\/files\/\?/);
    }
    expect(seen).toEqual(['/srv/docs/file 3.txt', '/srv/docs/folder/', '/srv/docs/file 2.txt:notes']);
  });

  test.each(['resolve_paths=yes', 'file_number=x', 'file_number=-1', 'after=1.2.3', 'limit=0'])(
    '%s is a 400',
    async (query) => {
      await using api = await start();
      expect(await api.get(`/v1/smb/files/?${query}`)).toMatchObject({
        status: 400,
        body: { error_class: 'bad_parameter_error' },
      });
    },
  );

  test('a Samba that is not there is a 503; a recording says that it is one', async () => {
    const problems = [{ code: 'SAMBA_ABSENT', message: 'none runs' }];
    await using absent = await start({ files: fileSourceOf([], { takenAt: null, verdict: 'partial', problems }) });
    expect(await absent.get('/v1/smb/files/')).toMatchObject({
      status: 503,
      body: { error_class: 'samba_unavailable_error', description: expect.stringContaining('SAMBA_ABSENT') },
    });
    await using recorded = await start({ files: fileSourceOf([], { recording: 'a recording' }) });
    expect((await recorded.get('/v1/smb/files/')).headers['smbwho-recording']).toBe('a recording');
  });
});

describe('POST /v1/smb/files/close', () => {
  test('closes each that is named, whole objects of the list or not, and answers in their order', async () => {
    await using api = await start();
    const { body } = await api.get('/v1/smb/files/');
    const gone = { handle_info: { location: name(someFile(9)), version: 'x' } };
    const reply = await api.post('/v1/smb/files/close', [
      gone,
      body.file_handles[3],
      { handle_info: { location: 'x' } },
      body.file_handles[3],
    ]);
    expect(reply).toMatchObject({
      status: 200,
      body: [
        { error_message: 'already gone' },
        { error_message: '' },
        { error_message: expect.stringMatching(/^not found/) },
        { error_message: '' },
      ],
    });
    expect(api.fileCloser.closed).toEqual([name(written)]);
  });

  test.each([
    [{}],
    [[{ location: name(folder) }]],
    [[{ handle_info: { location: 5 } }]],
    [[{ handle_info: name(folder) }]],
    [[[{ handle_info: { location: name(folder) } }]]],
    [[{ handle_info: { location: name(folder) } }, {}]],
    [null],
  ])('%j: a decode_error, and nothing is closed', async (payload) => {
    await using api = await start();
    expect(await api.post('/v1/smb/files/close', payload)).toMatchObject({
      status: 400,
      body: { error_class: 'decode_error' },
    });
    expect(api.fileCloser.planned).toEqual([]);
  });

  test('more than --close-limit are refused whole', async () => {
    await using api = await start({ closeLimit: 1 });
    const payload = [folder, written].map((file) => ({ handle_info: { location: name(file) } }));
    expect(await api.post('/v1/smb/files/close', payload)).toMatchObject({
      status: 400,
      body: { error_class: 'close_limit_error' },
    });
    expect(api.fileCloser.planned).toEqual([]);
  });

  test('where nothing can be read: a 503', async () => {
    const unreadable = fileCloserOf(files, { notClosable: 'unreadable' });
    const problems = [{ code: 'SAMBA_DENIED', message: 'root only' }];
    const fileCloser = {
      ...unreadable,
      plan: async (given: never) => ({ ...(await unreadable.plan(given)), problems }),
    };
    await using api = await start({ fileCloser });
    expect(await api.post('/v1/smb/files/close', [{ handle_info: { location: name(folder) } }])).toMatchObject({
      status: 503,
      body: { description: 'SAMBA_DENIED: root only' },
    });
  });
});

describe('GET /smbwho/v1/files', () => {
  test.each([
    ['', files],
    ['?path=/srv/docs/folder', [folder]],
    ['?path=*%202.txt', [written]],
    ['?path=/**/*.txt', [other, stray, written]],
    ['?share=DOCS', [other, folder, written]],
    ['?session=1.1.134400300000000000', [other, folder, written]],
    ['?from=192.0.2.0/24&writing=False', [other, folder]],
    ['?writing=true', [written]],
    ['?disconnected=true', [stray]],
    ['?deleted=true', []],
    ['?identity=uid:20001', files],
    ['?identity=alice', [other, folder, written]],
  ])('%s', async (query, expected) => {
    await using api = await start();
    const { status, body } = await api.get(`/smbwho/v1/files${query}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ parts: [{ verdict: 'complete' }], paging: { next: null } });
    expect(body.files.map(({ location }: { location: string }) => location)).toEqual(expected.map(name));
  });

  test('page by page, with the filters in the next path', async () => {
    await using api = await start();
    const { body } = await api.get('/smbwho/v1/files?path=/srv/docs&limit=3&writing=false&kinds=true');
    expect(body.files.map((file: { is_directory: boolean }) => file.is_directory)).toEqual([false, false, true]);
    expect(body.paging.next).toBeNull();
    const { body: first } = await api.get('/smbwho/v1/files?path=/srv/docs&limit=1&writing=false&kinds=true');
    const next = new URL(first.paging.next, 'http://x');
    expect([next.pathname, ...next.searchParams]).toEqual([
      '/smbwho/v1/files',
      ['after', name(files[0]!)],
      ['path', '/srv/docs'],
      ['limit', '1'],
      ['writing', 'false'],
      ['kinds', 'true'],
    ]);
    expect((await api.get(first.paging.next)).body.files[0].location).toBe(name(stray));
  });

  test.each(['path=', 'session=1', 'from=x', 'writing=1', `path=${'a'.repeat(4097)}`])('%s is a 400', async (query) => {
    await using api = await start();
    expect(await api.get(`/smbwho/v1/files?${query}`)).toMatchObject({
      status: 400,
      body: { error_class: 'bad_parameter_error' },
    });
  });

  test('one of them, by its location; and none', async () => {
    await using api = await start();
    const { status, body } = await api.get(`/smbwho/v1/files/${name(folder)}`);
    expect([status, body.location, body.is_directory]).toEqual([200, name(folder), true]);
    // As long as one can be.
    const longest = [
      999_999,
      2n ** 64n - 1n,
      2n ** 64n - 1n,
      2n ** 64n - 1n,
      2 ** 32 - 1,
      2n ** 64n - 1n,
      2n ** 64n - 1n,
      Number.MAX_SAFE_INTEGER,
    ];
    expect(await api.get(`/smbwho/v1/files/${longest.join('.')}`)).toMatchObject({
      status: 404,
      body: { error_class: 'file_not_found_error' },
    });
  });
});

describe('POST /smbwho/v1/files/close-plan and close', () => {
  test('a plan of those named, and of those that filters choose', async () => {
    await using api = await start();
    const plan = await api.post('/smbwho/v1/files/close-plan', { locations: [name(folder), name(someFile(9))] });
    expect(plan.body).toMatchObject({
      to_confirm: null,
      closes: [
        { location: name(folder), not_closable: null, num_others: 3, file: { path: '/srv/docs/folder' } },
        { not_closable: 'gone', file: null },
      ],
    });
    const chosen = await api.post('/smbwho/v1/files/close-plan', { writing: true, share: 'docs' });
    expect(chosen.body).toMatchObject({ to_confirm: 1, closes: [{ location: name(written) }] });
    expect(api.fileCloser.closed).toEqual([]);
  });

  test.each([[{}], [{ locations: [], path: '/' }], [{ locations: ['1.2.3'] }], [{ writing: 'true' }], [{ colour: 1 }]])(
    'a plan of %j is a decode_error',
    async (payload) => {
      await using api = await start();
      expect(await api.post('/smbwho/v1/files/close-plan', payload)).toMatchObject({
        status: 400,
        body: { error_class: 'decode_error' },
      });
    },
  );

  test('one that is written to has to be confirmed; the reason goes to the closer', async () => {
    await using api = await start();
    const close = (rest: object) =>
      api.post('/smbwho/v1/files/close', { locations: [name(folder), name(written)], ...rest });
    const refusal = await close({});
    expect(refusal).toMatchObject({ status: 409, body: { error_class: 'close_confirmation_error' } });
    expect(refusal.body.description).toContain('2 files, 1 of them open for writing; to do so, send confirmed: 2');
    expect(await close({ confirmed: 1 })).toMatchObject({ status: 409 });
    expect(api.fileCloser.closed).toEqual([]);
    const { status, text } = await close({ confirmed: 2, reason: 'left open' });
    expect([
      status,
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ]).toEqual([
      200,
      [folder, written].map((file) => ({ location: name(file), result: 'closed', message: '', took_ms: 2 })),
    ]);
    expect(api.fileCloser.reasons).toEqual(['left open']);
  });
});

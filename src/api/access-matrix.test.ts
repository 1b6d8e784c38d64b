import type { InjectOptions } from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { buildTestApp } from '../../test/support/api.ts';
import { fileCloserOf, fileSourceOf, someFile } from '../../test/support/files.ts';
import { closerOf, someSession, sourceOf } from '../../test/support/sessions.ts';
import { shareSourceOf, someShare } from '../../test/support/shares.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { openAccess } from '../access/index.ts';
import {
  builtInRoles,
  formatFileLocation,
  formatLocation,
  type Limits,
  now,
  type Privilege,
  type Roles,
} from '../sessions/index.ts';
import type { RouteRow } from './authentication.ts';

const folder = new TemporaryFolder();
const roles: Roles = {
  ...builtInRoles,
  Keepers: ['PRIVILEGE_ACCESS_TOKENS_READ', 'PRIVILEGE_ACCESS_TOKENS_WRITE', 'PRIVILEGE_METRICS_READ'],
};
const access = openAccess(folder.path, roles);
const password = 'correct horse battery';
const session = someSession(1);
const location = formatLocation(session.location);
const file = someFile(1);
const fileLocation = formatFileLocation(file.location);
const share = someShare('docs');
const app = await buildTestApp({
  ...access,
  source: sourceOf([session]),
  closer: closerOf([session]),
  files: fileSourceOf([file]),
  fileCloser: fileCloserOf([file]),
  shares: shareSourceOf([share]),
});
afterAll(async () => {
  await app.close();
  access[Symbol.dispose]();
  folder[Symbol.dispose]();
});

/** A valid request for a route. */
interface Sample {
  readonly url?: string;
  readonly payload?: object;
  /** What a token gets whose limits leave nothing; else 200. */
  readonly beyond?: number;
}

/** Every route, what it has to ask for, and a request that it takes. */
const samples: Readonly<Record<string, readonly [RouteRow['privilege'], (() => Sample | Promise<Sample>)?]>> = {
  'GET /v1/smb/sessions/': ['PRIVILEGE_SMB_SESSION_READ'],
  'POST /v1/smb/sessions/close': ['PRIVILEGE_SMB_SESSION_WRITE', () => ({ payload: [{ location }] })],
  'GET /smbwho/v1/sessions': ['PRIVILEGE_SMB_SESSION_READ'],
  'GET /smbwho/v1/sessions/:location': [
    'PRIVILEGE_SMB_SESSION_READ',
    () => ({ url: `/smbwho/v1/sessions/${location}`, beyond: 404 }),
  ],
  'POST /smbwho/v1/close-plan': ['PRIVILEGE_SMB_SESSION_READ', () => ({ payload: { locations: [location] } })],
  'POST /smbwho/v1/close': ['PRIVILEGE_SMB_SESSION_WRITE', () => ({ payload: { locations: [] } })],
  'GET /v1/smb/files/': ['PRIVILEGE_SMB_FILE_HANDLE_READ'],
  'POST /v1/smb/files/close': [
    'PRIVILEGE_SMB_FILE_HANDLE_WRITE',
    () => ({ payload: [{ handle_info: { location: fileLocation } }] }),
  ],
  'GET /smbwho/v1/files': ['PRIVILEGE_SMB_FILE_HANDLE_READ'],
  'GET /smbwho/v1/files/:location': [
    'PRIVILEGE_SMB_FILE_HANDLE_READ',
    () => ({ url: `/smbwho/v1/files/${fileLocation}`, beyond: 404 }),
  ],
  'POST /smbwho/v1/files/close-plan': [
    'PRIVILEGE_SMB_FILE_HANDLE_READ',
    () => ({ payload: { locations: [fileLocation] } }),
  ],
  'POST /smbwho/v1/files/close': ['PRIVILEGE_SMB_FILE_HANDLE_WRITE', () => ({ payload: { locations: [] } })],
  'GET /v3/smb/shares/': ['PRIVILEGE_SMB_SHARE_READ'],
  'GET /v3/smb/shares/:id': ['PRIVILEGE_SMB_SHARE_READ', () => ({ url: `/v3/smb/shares/${share.id}`, beyond: 404 })],
  'GET /smbwho/v1/shares': ['PRIVILEGE_SMB_SHARE_READ'],
  'POST /v1/identity/find': ['PRIVILEGE_IDENTITY_READ', () => ({ payload: { uid: session.user.uid }, beyond: 404 })],
  'POST /v1/session/login': ['none', () => ({ payload: { username: 'Observers', password } })],
  'POST /v1/session/logout': ['any'],
  'GET /v1/session/roles': ['any'],
  'GET /v1/session/who-am-i': ['any'],
  'GET /v1/auth/access-tokens/': ['PRIVILEGE_ACCESS_TOKENS_READ'],
  'POST /v1/auth/access-tokens/': ['PRIVILEGE_ACCESS_TOKENS_WRITE', () => ({ payload: { user: { name: 'nothing' } } })],
  'DELETE /v1/auth/access-tokens/:id': [
    'PRIVILEGE_ACCESS_TOKENS_WRITE',
    async () => {
      const draft = await access.tokens.draft(wishFor('nothing'), null);
      await draft.keep();
      return { url: `/v1/auth/access-tokens/${draft.id}` };
    },
  ],
  'GET /smbwho/v1/tokens': ['PRIVILEGE_ACCESS_TOKENS_READ'],
  'GET /v1/version': ['none'],
  'GET /healthz': ['none'],
  'GET /readyz': ['none'],
  'GET /openapi.json': ['none'],
};

const unusable = {
  'no token': async () => undefined,
  'another scheme': async () => 'Basic YWRtaW46YWRtaW4=',
  'nothing behind Bearer': async () => 'Bearer',
  'two tokens': async (owner: string) => `Bearer ${await make(owner)} ${await make(owner)}`,
  'a word': async () => 'Bearer token',
  'another access token': async (owner: string) => `Bearer ${spoil(await make(owner))}`,
  'another session token': async (owner: string) =>
    `Bearer ${spoil((await access.logins.logIn(owner, password))!.token)}`,
  expired: async (owner: string) => `Bearer ${await make(owner, { expiresAt: now() - 1 })}`,
  revoked: async (owner: string) => {
    const draft = await access.tokens.draft(wishFor(owner), null);
    const token = await draft.keep();
    await access.tokens.revoke(draft.id);
    return `Bearer ${token}`;
  },
  'logged out': async (owner: string) => {
    const { token } = (await access.logins.logIn(owner, password))!;
    await access.logins.logOut(token);
    return `Bearer ${token}`;
  },
  'of a disabled owner': async (owner: string) => `Bearer ${await make(`${owner}.disabled`)}`,
};
const nowhere: Limits = { shares: ['elsewhere'], networks: null, instances: null };
const withoutLimits: readonly Privilege[] = [
  'PRIVILEGE_ACCESS_TOKENS_READ',
  'PRIVILEGE_ACCESS_TOKENS_WRITE',
  'PRIVILEGE_METRICS_READ',
];

// An account for each role, and one that has none; names can have no other letters than these.
const accounts = new Map<string, readonly Privilege[]>([...Object.entries(roles), ['nothing', []]]);
for (const name of accounts.keys()) {
  const own = name === 'nothing' ? [] : [name];
  await access.accounts.create({ name, roles: own, password });
  await access.accounts.create({ name: `${name}.disabled`, roles: own, password: null });
  await access.accounts.change(`${name}.disabled`, { isEnabled: false });
}
const useless = await Promise.all(
  [...accounts.keys()].map(async (name) => {
    const words = Object.entries(unusable).map(async ([kind, of]) => [kind, await of(name)] as const);
    return [name, await Promise.all(words)] as const;
  }),
);

function wishFor(owner: string, changes: { expiresAt?: number; limits?: Limits } = {}) {
  return { owner, name: null, role: null, limits: null, expiresAt: null, ...changes };
}

async function make(owner: string, changes?: { expiresAt?: number; limits?: Limits }): Promise<string> {
  const draft = await access.tokens.draft(wishFor(owner, changes), null);
  return draft.keep();
}

/** The same with one letter in the midst of it changed. */
function spoil(token: string): string {
  const at = token.length - 20;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}

let asked = 0;
/** From another address each time: who fails often would be told to wait. */
async function ask({ method, url }: RouteRow, authorization: string | undefined) {
  const sample = (await samples[`${method === 'HEAD' ? 'GET' : method} ${url}`]![1]?.()) ?? {};
  asked++;
  const reply = await app.inject({
    method: method as NonNullable<InjectOptions['method']>,
    url: sample.url ?? url,
    headers: authorization === undefined ? {} : { authorization },
    remoteAddress: `198.51.${asked >> 8}.${asked & 255}`,
    ...(sample.payload === undefined ? {} : { payload: sample.payload }),
  });
  return { status: reply.statusCode, beyond: sample.beyond ?? 200 };
}

test('each route has a sample and asks for what it should, and there is no sample without a route', () => {
  const asked = app.routeTable
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url, privilege }) => [`${method} ${url}`, privilege]);
  const wanted = Object.entries(samples).map(([route, [privilege]]) => [route, privilege]);
  expect(Object.fromEntries(asked)).toEqual(Object.fromEntries(wanted));
});

const guarded = app.routeTable.filter(({ privilege }) => privilege !== 'none');
const open = app.routeTable.filter(({ privilege }) => privilege === 'none');

test.each(guarded.map((row) => [row.method, row.url, row] as const))(
  '%s %s: who may, may; nobody else',
  async (...words) => {
    const row = words[2];
    const { privilege } = row;
    const found: Record<string, number> = {};
    const expected: Record<string, number> = {};
    const note = async (who: string, authorization: string | undefined, toStatus: (beyond: number) => number) => {
      const { status, beyond } = await ask(row, authorization);
      [found[who], expected[who]] = [status, toStatus(beyond)];
    };
    for (const [name, words] of useless) {
      for (const [kind, word] of words) await note(`${name}: ${kind}`, word, () => 401);
      const allowed = accounts.get(name)!;
      const may = privilege === 'any' || allowed.includes(privilege as Privilege);
      await note(`${name}: good`, `Bearer ${await make(name)}`, () => (may ? 200 : 403));
      await note(`${name}: login`, `Bearer ${(await logIn(name)).token}`, () => (may ? 200 : 403));
      const mayLimited = may && !withoutLimits.includes(privilege as Privilege);
      await note(`${name}: limits`, `Bearer ${await make(name, { limits: nowhere })}`, (beyond) =>
        mayLimited ? beyond : 403,
      );
    }
    expect(found).toEqual(expected);
  },
);

test.each(open.map((row) => [row.method, row.url, row] as const))(
  '%s %s: whatever token there is',
  async (...words) => {
    const row = words[2];
    for (const [kind, word] of useless[0]![1]) expect([kind, (await ask(row, word)).status]).toEqual([kind, 200]);
  },
);

/** Logged in once, unless that login has been ended. */
async function logIn(name: string): Promise<{ readonly token: string }> {
  const known = logins.get(name);
  if (known !== undefined && (await access.verifier.verify(known.token)) !== null) return known;
  const login = (await access.logins.logIn(name, password))!;
  logins.set(name, login);
  return login;
}
const logins = new Map<string, { readonly token: string }>();

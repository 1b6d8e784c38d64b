import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { buildTestApp, memoryAudit, verifierOf } from '../../test/support/api.ts';
import { somePrincipal } from '../../test/support/principals.ts';
import { closerOf, someSession, sourceOf } from '../../test/support/sessions.ts';
import { type AuditLog, type Closer, formatLocation, type SessionSource } from '../sessions/index.ts';
import type { Api } from './index.ts';

const sessions = [someSession(1), someSession(2), someSession(3)];
const names = sessions.map(({ location }) => formatLocation(location));

const apps: Api[] = [];
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

async function build(given: { closer?: Closer; audit?: AuditLog; source?: SessionSource }): Promise<Api> {
  const verifier = verifierOf({ good: somePrincipal(['PRIVILEGE_SMB_SESSION_WRITE']) });
  const app = await buildTestApp({ source: sourceOf(sessions), ...given, verifier });
  apps.push(app);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app;
}

describe.each([
  ['/v1/smb/sessions/close', names.map((location) => ({ location }))],
  ['/smbwho/v1/close', { locations: names }],
])('an app that ends during %s', (url, payload) => {
  const close = (app: Api) => app.inject({ method: 'POST', url, payload, headers: { authorization: 'Bearer good' } });

  test('sends nothing more, and the record has what became of each before it has ended', async () => {
    const [sending, sent] = [Promise.withResolvers<void>(), Promise.withResolvers<object>()];
    const closer = closerOf(sessions, {}, () => {
      sending.resolve();
      return sent.promise;
    });
    const audit = memoryAudit();
    const app = await build({ closer, audit });
    const answer = close(app);
    await sending.promise;
    const shut = once(app.server, 'close');
    const ended = app.close().then(() => audit.events.map(({ outcome }) => outcome));
    await shut;
    sent.resolve({});
    expect(await ended).toEqual(['begun', 'begun', 'begun', 'closed', 'failed', 'failed']);
    expect(closer.closed).toEqual([names[0]]);
    await answer;
  });

  test('sends nothing at all where that it begins was only being recorded, and records that', async () => {
    const [asked, written] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const [memory, closer] = [memoryAudit(), closerOf(sessions)];
    const audit: AuditLog = {
      append: async (events) => {
        asked.resolve();
        await written.promise;
        return memory.append(events);
      },
    };
    const app = await build({ closer, audit });
    const answer = close(app);
    await asked.promise;
    const shut = once(app.server, 'close');
    const ended = app.close().then(() => memory.events.map(({ outcome, message }) => [outcome, message]));
    await shut;
    written.resolve();
    expect(await ended).toEqual([...names.map(() => ['begun', null]), ...names.map(() => ['failed', 'given up'])]);
    expect(closer.closed).toEqual([]);
    await answer;
  });

  test('begins nothing where it was only planned', async () => {
    const [asked, planned] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const [audit, inner] = [memoryAudit(), closerOf(sessions)];
    const closer: Closer = {
      ...inner,
      plan: async (locations) => {
        asked.resolve();
        await planned.promise;
        return inner.plan(locations);
      },
    };
    const app = await build({ closer, audit });
    const answer = close(app);
    await asked.promise;
    await app.close();
    planned.resolve();
    expect((await answer).body).toContain('ending_error');
    expect([inner.closed, audit.events]).toEqual([[], []]);
  });
});

test('however often strangers ask whether sessions can be read, that is looked at once in a second', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let numRefreshes = 0;
    const source: SessionSource = {
      refresh: () => {
        numRefreshes++;
        return sourceOf(sessions).refresh();
      },
    };
    const app = await build({ source });
    const ask = async () => (await app.inject('/readyz')).statusCode;
    expect(await Promise.all([ask(), ask()])).toEqual([200, 200]);
    expect([await ask(), numRefreshes]).toEqual([200, 1]);
    vi.advanceTimersByTime(1000);
    expect([await ask(), numRefreshes]).toEqual([200, 2]);
  } finally {
    vi.useRealTimers();
  }
});

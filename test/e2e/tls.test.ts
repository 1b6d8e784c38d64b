import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureCertificate } from '../../src/access/index.ts';
import { launcher, Running, runSmbwho, Server } from '../support/program.ts';
import { TemporaryFolder } from '../support/temporary.ts';

const folder = new TemporaryFolder();
const [first, second] = [folder.file('first'), folder.file('second')];
const [key, cert] = [folder.file('served.key'), folder.file('served.crt')];
const noSamba = ['--smb-conf', '/dev/null'];

beforeAll(async () => {
  for (const each of [first, second]) {
    mkdirSync(each, { mode: 0o700 });
    await ensureCertificate(each);
  }
});
afterAll(() => folder[Symbol.dispose]());

function put(certificate: string): void {
  copyFileSync(`${certificate}/tls.key`, key);
  copyFileSync(`${certificate}/tls.crt`, cert);
}

/** What a new connection is shown, or why there is none. */
function fingerprintAt({ hostname: host, port }: URL, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ...options });
    socket.once('error', ({ message }) => resolve(message));
    socket.once('secureConnect', () => {
      resolve(socket.getPeerX509Certificate()!.fingerprint256);
      socket.destroy();
    });
  });
}

function ask(
  url: URL,
  agent: Agent,
): Promise<{ readonly status: number; readonly socket: TLSSocket; readonly isReused: boolean }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL('/v1/version', url), { agent, rejectUnauthorized: false }, (response) => {
      const { socket, statusCode } = response;
      const answer = { status: statusCode!, socket: socket as TLSSocket, isReused: asked.reusedSocket };
      response.resume().once('end', () => resolve(answer));
    });
    asked.once('error', reject).end();
  });
}

describe("the operator's own certificate", () => {
  test('is read again on SIGHUP: new connections get it, open ones go on, and one that is none changes nothing', async () => {
    put(first);
    await using server = await Server.start([...noSamba, '--tls', 'files', '--tls-cert', cert, '--tls-key', key]);
    const url = new URL(server.url);
    using agent = { agent: new Agent({ keepAlive: true }), [Symbol.dispose]: () => agent.agent.destroy() };
    const before = await ask(url, agent.agent);
    const shown = before.socket.getPeerX509Certificate()!.fingerprint256;
    expect(before.status).toBe(200);
    expect(await fingerprintAt(url)).toBe(shown);

    put(second);
    server.running.child.kill('SIGHUP');
    await server.running.until(/the certificate has been read again/);
    const renewed = await fingerprintAt(url);
    expect(renewed).toMatch(/^[0-9A-F:]{95}$/);
    expect(renewed).not.toBe(shown);
    const after = await ask(url, agent.agent);
    expect([after.status, after.isReused, after.socket === before.socket]).toEqual([200, true, true]);

    for (const [path, text] of [
      [cert, 'garbage'],
      [cert, ''],
      [key, ''],
    ] as const) {
      put(second);
      writeFileSync(path, text);
      const said = server.running.output.length;
      server.running.child.kill('SIGHUP');
      await server.running.until(/CERTIFICATE_UNUSABLE.*the certificate stays what it was/, said);
      expect(await fingerprintAt(url)).toBe(renewed);
    }
    expect(await ask(url, agent.agent)).toMatchObject({ status: 200, isReused: true });
    expect(server.running.output).not.toContain('PRIVATE KEY');

    // Renewed or not, nothing older is spoken.
    expect(await fingerprintAt(url, { maxVersion: 'TLSv1.2' })).toBe(renewed);
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await fingerprintAt(url, old)).toMatch(/version|alert/i);
  });

  test('is read again, too, where the signal comes while the server starts, which goes on', async () => {
    const state = folder.file('slow');
    const folders = ['--state-dir', state, '--run-dir', folder.file('run')];
    await using running = new Running(launcher, ['serve', '--listen', '127.0.0.1:0', ...noSamba, ...folders]);
    while (!existsSync(`${state}/access.db`)) await sleep(1);
    running.child.kill('SIGHUP');
    await running.until(/serving https:/);
    await running.until(/the certificate has been read again/);
  });

  test.each([
    [['--tls', 'files'], 2, /CONFIG_INVALID: --tls files needs --tls-cert and --tls-key/],
    [['--tls', 'files', '--tls-cert', '/dev/null'], 2, /needs --tls-cert and --tls-key/],
    [['--tls-cert', '/dev/null'], 2, /are for --tls files/],
    [['--tls', 'files', '--tls-cert', '/nowhere', '--tls-key', '/nowhere'], 1, /CERTIFICATE_UNUSABLE: .*nowhere/],
    [['--tls', 'files', '--tls-cert', '/dev/null', '--tls-key', '/dev/null'], 1, /CERTIFICATE_UNUSABLE: .*null/],
    [['--trusted-proxy', '0.0.0.0/0'], 2, /CONFIG_INVALID: --trusted-proxy "0.0.0.0\/0" is no/],
    [['--trusted-proxy', '192.0.2.1, ::/0'], 2, /CONFIG_INVALID: --trusted-proxy "::\/0" is no/],
    [['--trusted-proxy', 'proxy.example'], 2, /CONFIG_INVALID: --trusted-proxy "proxy.example" is no/],
    [['--audit-retention', 'soon'], 2, /CONFIG_INVALID: --audit-retention/],
  ])('%j is refused', async (words, code, message) => {
    const finished = await runSmbwho([
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--run-dir',
      folder.file('run'),
      ...noSamba,
      ...words,
    ]);
    expect(finished).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });
});

describe('plain HTTP beyond loopback', () => {
  test('is served where that is wished, to those who name this server, and outlives SIGHUP', async () => {
    const state = folder.file('state');
    const folders = ['--state-dir', state, '--run-dir', folder.file('run')];
    const plain = ['--listen', '0.0.0.0:0', '--tls', 'off', '--allow-plain-http', '--allowed-host', 'fs1.example'];
    await using running = new Running(launcher, ['serve', ...noSamba, ...folders, ...plain]);
    const [, port] = await running.until(/serving http:\S+:(\d+),/);
    const statusFor = async (host: string) => {
      const asked = httpRequest({
        host: '127.0.0.1',
        port,
        path: '/v1/version',
        headers: { host },
        agent: false,
      }).end();
      const [response] = await once(asked, 'response');
      response.resume();
      return response.statusCode;
    };
    running.child.kill('SIGHUP');
    for (const host of [`192.0.2.1:${port}`, 'fs1.example', hostname(), 'localhost']) {
      expect([host, await statusFor(host)]).toEqual([host, 200]);
    }
    expect(await statusFor('evil.example')).toBe(400);
    expect(await running.end()).toBe(0);
  });

  test('is asked with a token where that is wished', async () => {
    const token = ['--token-file', folder.file('token', 'access-v1:none')];
    const list = (host: string, ...words: string[]) =>
      runSmbwho(['list', '--server', `http://${host}:1`, ...token, ...words]);
    const refused = { code: 2, stderr: expect.stringMatching(/CONFIG_INVALID: .* the token could be read on the way/) };
    const asked = { code: 1, stderr: expect.stringContaining('SERVER_UNREACHABLE') };
    expect(await list('0.0.0.0')).toMatchObject(refused);
    expect(await list('0.0.0.0', '--allow-plain-http')).toMatchObject(asked);
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) expect(await list(host)).toMatchObject(asked);
  });
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { answer, readRequest, refusal, WinbindServer } from '../../../test/support/winbind/index.ts';
import {
  accountOfSid,
  askInterfaceVersion,
  domainSids,
  isDomainReachable,
  sidOfId,
  sidOfName,
  WinbindClient,
  WinbindError,
} from './index.ts';
import { command, encodeRequest, parseResponse } from './protocol.ts';

const sid = 'S-1-5-21-1-2-3-1104';
const soon = () => performance.now() + 10_000;

describe('the bytes of a request', () => {
  test('are those of struct winbindd_request', () => {
    const bytes = encodeRequest({ command: command.lookupname, domainName: 'X', texts: ['AD', 'jürgen'] })!;
    expect(bytes).toHaveLength(2136);
    const isZero = (from: number, to: number) => bytes.subarray(from, to).every((byte) => byte === 0);
    expect(bytes.toString('hex', 0, 8)).toBe('5808000016000000'); // 2136, 22
    expect(bytes.toString('hex', 24, 26)).toBe('5800');
    expect(bytes.toString('hex', 320, 323)).toBe('414400');
    expect(bytes.toString('hex', 576, 584)).toBe('6ac3bc7267656e00');
    expect([isZero(8, 24), isZero(26, 320), isZero(323, 576), isZero(584, 2136)]).toEqual([true, true, true, true]);
  });

  test('carry a text behind the struct, with its zero', () => {
    const bytes = encodeRequest({ command: command.xidsToSids, extra: 'U1000\n' })!;
    expect(bytes.toString('hex', 2128)).toBe(`0700000000000000${Buffer.from('U1000\n\0').toString('hex')}`);
    expect(readRequest(bytes)).toEqual({ command: 26, domainName: '', texts: ['', ''], extra: 'U1000\n' });
  });

  test('have no room for a name of 256 bytes, or one with a zero in it', () => {
    expect(encodeRequest({ command: command.lookupsid, texts: ['ü'.repeat(127)] })).not.toBeNull();
    expect(encodeRequest({ command: command.lookupsid, texts: ['ü'.repeat(128)] })).toBeNull();
    expect(encodeRequest({ command: command.lookupsid, texts: ['a\0b'] })).toBeNull();
  });
});

describe('the bytes of an answer', () => {
  test('are read as struct winbindd_response, and the text behind it', () => {
    const response = parseResponse(answer({ 0: 33 }, 'one\ntwo\0'))!;
    expect(response.data.u32()).toBe(33);
    expect(response.extra).toBe('one\ntwo');
    expect(parseResponse(refusal())).toBeNull();
  });

  const changed = (at: number, value: number) => {
    const bytes = answer({ 0: 1 }, 'x');
    bytes.writeUInt32LE(value, at);
    return bytes;
  };
  test.each([
    ['shorter than it says', changed(0, 4010)],
    ['longer than it says', changed(0, 4008)],
    ['of a length that no answer has', changed(0, 0xffff_ffff)],
    ['of a length below the struct', changed(0, 12)],
    ['still pending', changed(4, 1)],
    ['of a result that is none', changed(4, 7)],
  ])('are refused where they are %s', (_, bytes) => {
    expect(() => parseResponse(bytes)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });

  test('are refused at every shorter length', () => {
    const bytes = answer();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseResponse(bytes.subarray(0, length))).toThrow(expect.objectContaining({ name: 'DecodeError' }));
    }
  });
});

describe('a client', () => {
  let folder: TemporaryFolder;
  let server: WinbindServer;
  let winbind: WinbindClient;

  beforeEach(async () => {
    folder = new TemporaryFolder();
    const path = folder.file('pipe');
    server = await WinbindServer.listen(path, refusal);
    winbind = new WinbindClient({ socketPath: path });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const replies = (byCommand: Record<number, Buffer>) => {
    server.reply = ({ command }) => byCommand[command] ?? refusal();
  };

  test.each([
    ['AD\\jürgen', ['AD', 'jürgen']],
    ['jürgen@ad.test', ['', 'jürgen@ad.test']],
    ['jürgen', ['', 'jürgen']],
  ])('asks for the SID of %s', async (name, texts) => {
    replies({ 22: answer({ 0: sid, 256: 1 }) });
    expect(await sidOfName(winbind, name, soon())).toBe(sid);
    expect(server.asked).toMatchObject([{ command: 22, texts }]);
  });

  test.each([
    ['a domain', 3],
    ['a deleted account', 6],
    ['no account', 8],
  ])('takes no SID of %s', async (_, type) => {
    replies({ 22: answer({ 0: sid, 256: type }) });
    expect(await sidOfName(winbind, 'x', soon())).toBeNull();
  });

  test('has the ids of a user from its passwd entry', async () => {
    replies({
      21: answer({ 0: 'AD', 256: 'jürgen', 512: 1 }),
      3: answer({ 0: 'AD\\jürgen', 512: 201_104, 516: 200_513 }),
    });
    expect(await accountOfSid(winbind, sid, soon())).toEqual({
      kind: 'user',
      sid,
      domain: 'AD',
      name: 'jürgen',
      uid: 201_104,
      gid: 200_513,
    });
  });

  test.each([
    [1, 'U7\n', { kind: 'user', uid: 7, gid: null }],
    [1, 'B7\n', { kind: 'user', uid: 7, gid: null }],
    [1, 'G7\n', { kind: 'user', uid: null, gid: null }],
    [2, 'G7\n', { kind: 'group', uid: null, gid: 7 }],
    [4, 'B7\n', { kind: 'group', uid: null, gid: 7 }],
    [2, '\n', { kind: 'group', uid: null, gid: null }],
  ])('type %i with the id %j', async (type, ids, account) => {
    replies({ 21: answer({ 0: 'AD', 256: 'x', 512: type }), 25: answer({}, ids) });
    expect(await accountOfSid(winbind, sid, soon())).toMatchObject(account);
    expect(server.asked.at(-1)).toMatchObject({ command: 25, extra: `${sid}\n` });
  });

  test('finds the SID of an id, the SIDs of the domains, whether a controller answers, and the version', async () => {
    replies({
      26: answer({}, `${sid}\n`),
      20: answer({}, 'BUILTIN\\\\S-1-5-32\\Local\nAD\\ad.test\\S-1-5-21-1-2-3\\Workstation\\Yes'),
      31: answer({}, 'dc1.ad.test\0'),
      0: answer({ 0: 33 }),
    });
    expect(await sidOfId(winbind, 'U', 1000, soon())).toBe(sid);
    expect(await domainSids(winbind, soon())).toEqual(['S-1-5-32', 'S-1-5-21-1-2-3']);
    expect(await isDomainReachable(winbind, soon())).toBe(true);
    expect(await askInterfaceVersion(winbind, soon())).toBe(33);
    replies({ 26: answer({}, '-\n') });
    expect(await sidOfId(winbind, 'G', 1000, soon())).toBeNull();
    expect(await isDomainReachable(winbind, soon())).toBe(false);
  });

  const hostile: readonly (readonly [string, () => Buffer])[] = [
    ['garbage', () => Buffer.alloc(5000, 'HTTP/1.1 200')],
    ['a length of 4 GiB', () => Buffer.from('ffffffff02000000', 'hex')],
    ['more than it says', () => Buffer.concat([answer(), Buffer.from('x')])],
    ['a text without an end', () => Buffer.concat([answer().subarray(0, 8), Buffer.alloc(4000, 'x')])],
  ];
  test.each(hostile)('an answer that is %s is none', async (_, reply) => {
    server.reply = reply;
    await expect(sidOfName(winbind, 'x', soon())).rejects.toMatchObject({ kind: 'failed' });
  });

  test('an answer in pieces of any size is one', async () => {
    const bytes = answer({ 0: sid, 256: 1 });
    const pieces = createServer((socket) => {
      let at = 0;
      const next = () => {
        const piece = bytes.subarray(at, at + 1 + (at % 700));
        at += piece.length;
        if (piece.length > 0) socket.write(piece, () => setImmediate(next));
      };
      next();
    }).listen(folder.file('pieces'));
    await once(pieces, 'listening');
    expect(await sidOfName(new WinbindClient({ socketPath: folder.file('pieces') }), 'x', soon())).toBe(sid);
    pieces.close();
  });

  test('nobody there is told apart from a winbindd that does not answer', async () => {
    const nobody = new WinbindClient({ socketPath: folder.file('nobody') });
    await expect(sidOfName(nobody, 'x', soon())).rejects.toMatchObject({ kind: 'absent' });
    await expect(sidOfName(nobody, 'x', soon())).rejects.toMatchObject({ kind: 'absent' });
    server.reply = () => null;
    await expect(sidOfName(winbind, 'x', performance.now() + 20)).rejects.toMatchObject({ kind: 'failed' });
  });

  test('one that hangs is waited for once, and asked again by one only', async () => {
    server.reply = () => null;
    const hung = new WinbindClient({ socketPath: folder.file('pipe'), pauseMs: 3_600_000, fairMs: 0 });
    const all = Array.from({ length: 40 }, () => sidOfName(hung, 'x', performance.now() + 50));
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.every((one) => one.status === 'rejected' && one.reason instanceof WinbindError)).toBe(true);
    const { numConnections } = server;
    expect(numConnections).toBeLessThanOrEqual(4);
    await expect(sidOfName(hung, 'x', soon())).rejects.toThrow('a moment ago');
    expect(server.numConnections).toBe(numConnections);
  });

  test("one that was asked with the last of a request's time is not taken to hang", async () => {
    server.reply = () => null;
    const patient = new WinbindClient({ socketPath: folder.file('pipe'), pauseMs: 3_600_000 });
    await expect(sidOfName(patient, 'x', performance.now() + 20)).rejects.toThrow('in time');
    replies({ 22: answer({ 0: sid, 256: 1 }) });
    expect(await sidOfName(patient, 'x', soon())).toBe(sid);
    server.reply = () => null;
    await expect(sidOfName(patient, 'x', performance.now() + 600)).rejects.toThrow('in time');
    await expect(sidOfName(patient, 'x', soon())).rejects.toThrow('a moment ago');
  });

  test('is asked as before once it has answered again', async () => {
    server.reply = () => null;
    const back = new WinbindClient({ socketPath: folder.file('pipe'), pauseMs: 0, fairMs: 0 });
    await expect(sidOfName(back, 'x', performance.now() + 20)).rejects.toMatchObject({ kind: 'failed' });
    const probe = sidOfName(back, 'x', performance.now() + 100).catch((error: Error) => error.message);
    await expect(sidOfName(back, 'x', soon())).rejects.toThrow('a moment ago');
    expect(await probe).toMatch('in time');
    replies({ 22: answer({ 0: sid, 256: 1 }) });
    expect(await sidOfName(back, 'x', soon())).toBe(sid);
    expect(await Promise.all(Array.from({ length: 40 }, () => sidOfName(back, 'x', soon())))).toHaveLength(40);
  });
});

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import koffi from 'koffi';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { sendDatagram } from './datagram.ts';
import { type Libc, loadLibc } from './libc.ts';

const bind = koffi.load(null).func('int bind(int, const uint8_t *, uint32_t)');
const [dontWait, receivedBytes] = [0x40, 200_000];

let libc: Libc;
let folder: TemporaryFolder;
const open: number[] = [];

beforeEach(async () => {
  libc = await loadLibc();
  folder = new TemporaryFolder();
});
afterEach(() => {
  for (const descriptor of open.splice(0)) libc.close(descriptor);
  folder[Symbol.dispose]();
});

/** A socket that receives at a path, however long that is. */
function receiver(path: string) {
  const descriptor = libc.socket(1, 2, 0);
  open.push(descriptor);
  const parent = openSync(dirname(path), 'r');
  const address = Buffer.from(`\x01\0/proc/self/fd/${parent}/${basename(path)}\0`);
  expect(bind(descriptor, address, address.length)).toBe(0);
  closeSync(parent);
  return async () => {
    const into = Buffer.alloc(receivedBytes);
    const lengthBytes = await libc.recv(descriptor, into, dontWait);
    return lengthBytes < 0 ? null : into.subarray(0, lengthBytes);
  };
}

const bytes = Buffer.from([0, 1, 2, 0xff, 0]);
const sent = { verdict: 'sent', error: null };

describe('a datagram', () => {
  test.each([60, 106, 107, 108, 240])('to a path of %i bytes arrives whole', async (lengthBytes) => {
    const path = `${folder.path}/${'x'.repeat(lengthBytes - folder.path.length - 7)}/12345`;
    expect(path).toHaveLength(lengthBytes);
    mkdirSync(dirname(path));
    const receive = receiver(path);
    expect(await sendDatagram(path, bytes)).toEqual(sent);
    expect(await receive()).toEqual(bytes);
    expect(await receive()).toBeNull();
  });

  test('to a full queue is not waited for, and the queue loses nothing', async () => {
    const path = folder.file('queue');
    const receive = receiver(path);
    let [numSent, sending] = [0, await sendDatagram(path, bytes)];
    for (; sending.verdict === 'sent' && numSent < 100_000; numSent++) sending = await sendDatagram(path, bytes);
    expect(sending.verdict).toBe('full');
    for (let i = 0; i < numSent; i++) expect(await receive()).toEqual(bytes);
    expect(await receive()).toBeNull();
    expect(await sendDatagram(path, bytes)).toEqual(sent);
  });

  test('to nobody', async () => {
    const path = folder.file('left');
    expect(await sendDatagram(path, bytes)).toEqual({ verdict: 'absent', error: 'ENOENT' });
    expect(await sendDatagram(join(path, 'x'.repeat(200)), bytes)).toEqual({ verdict: 'absent', error: 'ENOENT' });
    receiver(path);
    libc.close(open.pop()!);
    expect(await sendDatagram(path, bytes)).toEqual({ verdict: 'absent', error: 'ECONNREFUSED' });
  });

  test('that is too long is not sent', async () => {
    const path = folder.file('short');
    const receive = receiver(path);
    const sending = await sendDatagram(path, Buffer.alloc(8_000_000));
    expect(sending).toEqual({ verdict: 'failed', error: 'EMSGSIZE' });
    expect(await receive()).toBeNull();
  });
});

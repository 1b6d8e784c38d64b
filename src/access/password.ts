import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AccessError } from '../sessions/index.ts';

/** OWASP's second choice for argon2id: 46 MiB, one pass, one lane; some 50 ms. */
const cost = { memory: 47_104, passes: 1, parallelism: 1 };
const [minCharacters, maxBytes] = [12, 1024];
const derive = promisify(argon2);

const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;
/** That of no password: what it is compared with takes as long as with one. */
const none = phc(cost, Buffer.alloc(16), Buffer.alloc(32));

/**
 * What is kept of a password: its argon2id hash with salt and cost, in PHC form.
 *
 * @throws AccessError PASSWORD_TOO_SHORT
 */
export async function hashPassword(password: string): Promise<string> {
  if ([...password].length < minCharacters || Buffer.byteLength(password) > maxBytes) {
    const range = `${minCharacters} characters at least, ${maxBytes} bytes at most`;
    throw new AccessError('PASSWORD_TOO_SHORT', `the password must have ${range}`);
  }
  const salt = randomBytes(16);
  return phc(cost, salt, await hashOf(password, salt, cost));
}

/**
 * Whether it is the password of which that is kept. It takes the same time with `null`: where there is no account, or one
 * without a password.
 */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const [, memory, passes, parallelism, salt, hash] = form.exec(kept ?? none)!;
  const expected = Buffer.from(hash!, 'base64');
  const isLong = Buffer.byteLength(password) > maxBytes;
  const found = await hashOf(isLong ? '' : password, Buffer.from(salt!, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return timingSafeEqual(found, expected) && kept !== null && !isLong;
}

/** However its accents were typed, it is the same password. */
function hashOf(password: string, salt: Buffer, { memory, passes, parallelism }: typeof cost): Promise<Buffer> {
  const message = password.normalize('NFC');
  return derive('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: 32 });
}

function phc({ memory, passes, parallelism }: typeof cost, salt: Buffer, hash: Buffer): string {
  const [saltText, hashText] = [salt, hash].map((bytes) => bytes.toString('base64').replace(/=+$/, ''));
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${saltText}$${hashText}`;
}

import { connect } from 'node:net';
import { lengthOfResponse } from './protocol.ts';

/** Why there is no answer. `absent`: nobody listens. `failed`: it is late, or what comes is no answer. */
export class WinbindError extends Error {
  override readonly name = 'WinbindError';
  readonly kind: 'absent' | 'failed';

  constructor(kind: WinbindError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

const absentCodes = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR']);

/**
 * Sends one request over a connection of its own and returns the whole answer.
 *
 * @param timeoutMs for all of it, connecting too
 * @throws WinbindError
 */
export function exchange(socketPath: string, request: Buffer, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const chunks: Buffer[] = [];
    let received = 0;
    let wanted: number | undefined;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const fail = (message: string) => end(() => reject(new WinbindError('failed', message)));
    const timer = setTimeout(() => fail('winbindd does not answer in time'), Math.max(0, timeoutMs));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const kind = absentCodes.has(error.code ?? '') ? 'absent' : 'failed';
      end(() => reject(new WinbindError(kind, error.message)));
    });
    socket.on('close', () => fail('winbindd closed the connection'));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      received += chunk.length;
      try {
        if (received >= 4) wanted ??= lengthOfResponse(Buffer.concat(chunks));
      } catch (error) {
        return fail((error as Error).message);
      }
      if (wanted === undefined || received < wanted) return;
      if (received > wanted) return fail('more came than was asked for');
      end(() => resolve(Buffer.concat(chunks)));
    });
    socket.write(request);
  });
}

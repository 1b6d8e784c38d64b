import { isIP } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's IP address, bare, or `?`; null where it came through a socket in the file system. */
    address: string | null;
  }
}

/**
 * Notes of each request where it is from, before anything else: once the client has hung up, its socket does not say any
 * more.
 *
 * @param isLocal whether the app serves a socket in the file system
 */
export function noteAddresses(app: FastifyInstance, isLocal: boolean): void {
  app.decorateRequest('address', null);
  app.addHook('onRequest', (request, _reply, done) => {
    request.address = isLocal ? null : addressOf(request);
    done();
  });
}

/** What limits count as one client: for IPv6 a whole /64. */
export function networkOf({ address }: Pick<FastifyRequest, 'address'>): string {
  return address === null ? '' : normalizeIP(address);
}

function addressOf({ ip, socket }: FastifyRequest): string {
  // A proxy may say anything of who is behind it.
  const address = [ip, socket.remoteAddress].find((text) => isIP(text ?? '') !== 0);
  return address?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '') ?? '?';
}

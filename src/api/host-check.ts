import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ApiError } from './errors.ts';

/** What the Host header may say on plain HTTP, where nothing else tells that this server is meant. */
export interface HostRules {
  /** In any case; those that lead to this machine from everywhere, as `localhost`, always may. */
  readonly names: readonly string[];
  /** Whether any IP address may: a web page can't make a browser send one that is not meant. */
  readonly anyAddress: boolean;
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** On plain HTTP a web page elsewhere could reach us under a name of its own that resolves to our address. */
export function checkHost(app: FastifyInstance, { names, anyAddress }: HostRules): void {
  const known = new Set(names.map((name) => name.toLowerCase()));
  app.addHook('onRequest', async ({ headers }) => {
    const host = nameIn(headers.host ?? '');
    if (loopback.test(host) || known.has(host) || (anyAddress && isIP(host) !== 0)) return;
    throw new ApiError(
      'host_not_allowed_error',
      'on plain HTTP the Host header must name this machine: localhost, an address that it serves at, its name, or one of --allowed-host',
    );
  });
}

/** Without port and brackets; empty where it is no host. */
function nameIn(text: string): string {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d+)?$/.exec(text);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
}

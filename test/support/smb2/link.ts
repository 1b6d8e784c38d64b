import type { Exchange } from './exchange.ts';
import type { Agreement } from './negotiate.ts';

/** What the sessions of a connection need to know of it. */
export type Link = {
  readonly host: string;
  readonly exchange: Exchange;
  readonly agreement: Agreement;
  /** The preauthentication integrity hash after NEGOTIATE, from which that of each session goes on. */
  readonly preauthHash: Buffer;
};

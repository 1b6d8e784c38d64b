import { randomBytes } from 'node:crypto';
import { type LeaseBreak, type OplockBreak, parseBreak } from './breaks.ts';
import { commands } from './commands.ts';
import { type Dialect, dialects } from './dialects.ts';
import { Exchange } from './exchange.ts';
import { HalfLogin } from './half-login.ts';
import type { Link } from './link.ts';
import type { LoginOptions } from './login-options.ts';
import { type Agreement, encodeNegotiateRequest, type Offer, parseNegotiateResponse } from './negotiate.ts';
import { emptyPreauthHash, extendPreauthHash } from './preauth-hash.ts';
import type { Cipher } from './sealing.ts';
import type { Session } from './session.ts';
import type { SigningAlgorithm } from './signing.ts';
import { type Address, Transport } from './transport.ts';
import { WireWriter } from './wire-writer.ts';

/** Where to connect to, and what to offer there. */
export type ConnectionOptions = Address & {
  /** By default all; the server takes the newest that it knows. */
  readonly dialects?: readonly Dialect[];
  /** By default GCM, then CCM; none means that nothing can be encrypted. Chosen from with 3.1.1 only. */
  readonly ciphers?: readonly Cipher[];
  /** By default CMAC, then HMAC. Chosen from with 3.1.1 only. */
  readonly signings?: readonly SigningAlgorithm[];
  /** 16 bytes that name the client; connections of one multichannel session must share it. By default random. */
  readonly clientGuid?: Buffer;
};

/** A connection to an SMB server, negotiated and ready for logins. */
export class Smb2Connection {
  readonly clientGuid: Buffer;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly #transport: Transport;
  readonly #link: Link;
  readonly #leaseListeners: ((notice: LeaseBreak) => void)[] = [];
  readonly #oplockListeners: ((notice: OplockBreak) => void)[] = [];

  /** Connects and negotiates. */
  static async open(options: ConnectionOptions): Promise<Smb2Connection> {
    const { host, port, localAddress, localPort } = options;
    const from = { ...(localAddress && { localAddress }), ...(localPort && { localPort }) };
    const transport = await Transport.connect({ host, port, ...from });
    const offer: Offer = {
      dialects: options.dialects ?? dialects,
      ciphers: options.ciphers ?? ['aes-128-gcm', 'aes-128-ccm'],
      signings: options.signings ?? ['aes-128-cmac', 'hmac-sha256'],
      clientGuid: options.clientGuid ?? randomBytes(16),
    };
    try {
      const link = await negotiate(host, new Exchange(transport), offer);
      return new Smb2Connection(transport, link, offer.clientGuid);
    } catch (error) {
      transport.drop();
      throw error;
    }
  }

  private constructor(transport: Transport, link: Link, clientGuid: Buffer) {
    this.#transport = transport;
    this.#link = link;
    this.clientGuid = clientGuid;
    this.localAddress = transport.localAddress;
    this.localPort = transport.localPort;
    this.remotePort = transport.remotePort;
    link.exchange.onBreak = (body) => this.#announceBreak(body);
  }

  get dialect(): Dialect {
    return this.#link.agreement.dialect;
  }

  /** What the server chose in the negotiation. */
  get agreement(): Agreement {
    return this.#link.agreement;
  }

  /** Logs a user in. An unknown user becomes a guest where the server allows it: see `isGuest`. */
  async login(options: LoginOptions): Promise<Session> {
    const half = await this.beginLogin(options);
    return half.finish();
  }

  /** Starts a login and stops before its end. */
  beginLogin(options: LoginOptions): Promise<HalfLogin> {
    return HalfLogin.begin(this.#link, options);
  }

  /** Makes this connection a further channel of a session (multichannel); same dialect and client GUID, from 3.0 on. */
  async bind(session: Session): Promise<Session> {
    const { previousSessionId: _, ...options } = session.options;
    const half = await HalfLogin.begin(this.#link, options, session);
    return half.finish();
  }

  /** Asks the server for a sign of life, for a session or for none. */
  async echo(session?: Session): Promise<void> {
    const request = { command: commands.ECHO, body: new WireWriter().u16(4).u16(0).finish() };
    await (session ? session.request(request) : this.#link.exchange.request(request));
  }

  /** Calls `listener` for each lease that the server breaks; `tree.acknowledge` answers, doing nothing ignores it. */
  onLeaseBreak(listener: (notice: LeaseBreak) => void): void {
    this.#leaseListeners.push(listener);
  }

  /** Calls `listener` for each oplock that the server breaks; `tree.acknowledge` answers, doing nothing ignores it. */
  onOplockBreak(listener: (notice: OplockBreak) => void): void {
    this.#oplockListeners.push(listener);
  }

  /** Ends the connection in an orderly way: all was sent, nothing more will be. Sessions are not logged off. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  /** Resets the connection at once. */
  drop(): void {
    this.#transport.drop();
  }

  #announceBreak(body: Buffer): void {
    const notice = parseBreak(body);
    if (notice.kind === 'lease') for (const listener of this.#leaseListeners) listener(notice);
    else for (const listener of this.#oplockListeners) listener(notice);
  }
}

async function negotiate(host: string, exchange: Exchange, offer: Offer): Promise<Link> {
  let preauthHash = emptyPreauthHash;
  const { packet, body } = await exchange.request({
    command: commands.NEGOTIATE,
    body: encodeNegotiateRequest(offer),
    onSend: (sent) => {
      preauthHash = extendPreauthHash(preauthHash, sent);
    },
  });
  preauthHash = extendPreauthHash(preauthHash, packet);
  return { host, exchange, agreement: parseNegotiateResponse(body), preauthHash };
}

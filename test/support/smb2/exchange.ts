import type { ChannelSecurity } from './channel-security.ts';
import { commands } from './commands.ts';
import { ConnectionLostError, ProtocolError, Smb2Error } from './errors.ts';
import {
  decodeHeader,
  encodePacket,
  headerBytes,
  headerFlags,
  isSmb2,
  type ResponseHeader,
  unsolicitedMessageId,
} from './header.ts';
import { isSealed, type Sealing, sealedSessionId } from './sealing.ts';
import { isSignatureRight, type SigningKey, signPacket } from './signing.ts';
import { isFailure, status } from './status.ts';
import type { Transport } from './transport.ts';

/** How a request is protected: encrypted, else signed, else neither. */
export type Protection = {
  readonly signingKey?: SigningKey | undefined;
  readonly sealing?: Sealing | undefined;
};

/** A request, still without the message id that it gets when it is sent. */
export type Request = Protection & {
  readonly command: number;
  readonly body: Buffer;
  readonly sessionId?: bigint;
  readonly treeId?: number;
  readonly creditCharge?: number;
  /** Which answers are no failure; by default those of severity "success". */
  readonly accepts?: (status: number) => boolean;
  /** Gets the message exactly as it is sent. */
  readonly onSend?: (packet: Buffer) => void;
  /** Gets the interim answer of a request that the server keeps for later. */
  readonly onPending?: (interim: ResponseHeader) => void;
};

/** The final answer to a request. */
export type Reply = {
  readonly header: ResponseHeader;
  /** The whole message, from its header on. */
  readonly packet: Buffer;
  readonly body: Buffer;
};

type Outstanding = {
  readonly request: Request;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
};

const creditsWanted = 512;

/** Requests and their answers on one connection: message ids, credits, signatures and encryption. */
export class Exchange {
  /** Called for oplock and lease breaks, with the body of the notification. */
  onBreak: (body: Buffer) => void = () => {};
  readonly #transport: Transport;
  readonly #channels = new Map<bigint, ChannelSecurity>();
  readonly #queue: Outstanding[] = [];
  readonly #sent = new Map<bigint, Outstanding>();
  #nextMessageId = 0n;
  #credits = 1;
  #lost: ConnectionLostError | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.listen(
      (frame) => this.#receiveFrame(frame),
      (cause) => this.#lose(cause),
    );
  }

  /** From now on messages of this session can be verified and decrypted. */
  addChannel(channel: ChannelSecurity): void {
    this.#channels.set(channel.sessionId, channel);
  }

  removeChannel(sessionId: bigint): void {
    this.#channels.delete(sessionId);
  }

  /**
   * Sends a request as soon as there are credits for it.
   * @throws Smb2Error when the server answers with a failure
   * @throws ConnectionLostError when the connection ends first
   */
  request(request: Request): Promise<Reply> {
    if (this.#lost) return Promise.reject(this.#lost);
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.#queue.push({ request, resolve, reject });
    this.#sendQueued();
    return promise;
  }

  /** Asks the server to end a request that it keeps for later. Takes no credit, and has no answer of its own. */
  cancel({ messageId, asyncId, sessionId }: ResponseHeader, protection: Protection): void {
    if (this.#lost) return;
    const body = Buffer.from([4, 0, 0, 0]);
    const header = { command: commands.CANCEL, messageId, asyncId, sessionId, treeId: 0 };
    this.#send(encodePacket({ ...header, creditCharge: 0, creditRequest: 0 }, body), protection);
  }

  #sendQueued(): void {
    while (this.#queue.length > 0) {
      const charge = this.#queue[0]!.request.creditCharge ?? 1;
      if (charge > this.#credits) return;
      this.#credits -= charge;
      this.#sendNow(this.#queue.shift()!, charge);
    }
  }

  #sendNow(outstanding: Outstanding, creditCharge: number): void {
    const { command, body, sessionId = 0n, treeId = 0 } = outstanding.request;
    const messageId = this.#nextMessageId;
    this.#nextMessageId += BigInt(creditCharge);
    this.#sent.set(messageId, outstanding);
    const creditRequest = creditsWanted;
    const packet = encodePacket({ command, messageId, sessionId, treeId, creditCharge, creditRequest }, body);
    this.#send(packet, outstanding.request);
  }

  #send(packet: Buffer, { signingKey, sealing, onSend }: Protection & Pick<Request, 'onSend'>): void {
    if (signingKey && !sealing) signPacket(packet, signingKey);
    onSend?.(packet);
    this.#transport.send(sealing ? sealing.seal(packet) : packet);
  }

  #receiveFrame(frame: Buffer): void {
    const sealed = isSealed(frame);
    let rest = sealed ? this.#unseal(frame) : frame;
    while (rest.length > 0) {
      if (!isSmb2(rest)) throw new ProtocolError('a message does not start like one');
      const header = decodeHeader(rest);
      const packet = header.nextOffset === 0 ? rest : rest.subarray(0, header.nextOffset);
      rest = rest.subarray(packet.length);
      if (!sealed) this.#verify(header, packet);
      this.#receive({ header, packet, body: packet.subarray(headerBytes) });
    }
  }

  #unseal(frame: Buffer): Buffer {
    const sealing = this.#channels.get(sealedSessionId(frame))?.sealing;
    if (!sealing) throw new ProtocolError('an encrypted message belongs to no session');
    return sealing.unseal(frame);
  }

  #verify({ flags, sessionId, status: code }: ResponseHeader, packet: Buffer): void {
    const signingKey = this.#channels.get(sessionId)?.signingKey;
    // A server that has closed the session no longer has its key, yet repeats the flag of the request.
    const canBeSigned = code !== status.STATUS_USER_SESSION_DELETED;
    if (!(flags & headerFlags.signed) || !signingKey || !canBeSigned) return;
    if (!isSignatureRight(packet, signingKey)) throw new ProtocolError('a message has a wrong signature');
  }

  #receive(reply: Reply): void {
    const { header } = reply;
    if (header.messageId === unsolicitedMessageId) {
      this.onBreak(reply.body);
      return;
    }
    this.#credits += header.credits;
    const outstanding = this.#sent.get(header.messageId);
    if (outstanding) this.#settle(outstanding, reply);
    this.#sendQueued();
  }

  #settle({ request, resolve, reject }: Outstanding, reply: Reply): void {
    const { header } = reply;
    if (header.status === status.STATUS_PENDING && header.flags & headerFlags.async) {
      request.onPending?.(header);
      return;
    }
    this.#sent.delete(header.messageId);
    const isAccepted = request.accepts?.(header.status) ?? !isFailure(header.status);
    if (isAccepted) resolve(reply);
    else reject(new Smb2Error(header.status, request.command));
  }

  #lose(cause?: Error): void {
    this.#lost = new ConnectionLostError(cause && { cause });
    const abandoned = [...this.#sent.values(), ...this.#queue.splice(0)];
    this.#sent.clear();
    for (const { reject } of abandoned) reject(this.#lost);
  }
}

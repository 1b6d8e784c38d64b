import { ChannelSecurity } from './channel-security.ts';
import { commands } from './commands.ts';
import { ProtocolError } from './errors.ts';
import type { Reply } from './exchange.ts';
import type { Link } from './link.ts';
import type { LoginOptions } from './login-options.ts';
import { answerChallenge, encodeNegotiateMessage } from './ntlmssp.ts';
import { extendPreauthHash } from './preauth-hash.ts';
import { Session } from './session.ts';
import { encodeSessionSetup, parseSessionSetup, type SessionSetup, sessionFlags } from './session-setup.ts';
import { isSignatureRight } from './signing.ts';
import { isFailure, status } from './status.ts';

/** A login whose challenge has come and whose answer is still to be sent: to the server a half-authenticated session. */
export class HalfLogin {
  readonly sessionId: bigint;
  readonly #attempt: LoginAttempt;
  readonly #challenge: Buffer;

  /** @internal */
  static async begin(link: Link, options: LoginOptions, bound?: Session): Promise<HalfLogin> {
    const attempt = new LoginAttempt(link, options, bound);
    const reply = await attempt.send(attempt.negotiateMessage, bound?.id ?? 0n);
    attempt.addToHash(reply.packet);
    return new HalfLogin(attempt, reply);
  }

  private constructor(attempt: LoginAttempt, reply: Reply) {
    this.#attempt = attempt;
    this.sessionId = reply.header.sessionId;
    this.#challenge = parseSessionSetup(reply.body).token;
  }

  /** Answers the challenge. */
  async finish(): Promise<Session> {
    const attempt = this.#attempt;
    const { link, options, bound } = attempt;
    const { message, sessionKey } = answerChallenge(options, attempt.negotiateMessage, this.#challenge);
    const reply = await attempt.send(message, this.sessionId);
    const { flags } = parseSessionSetup(reply.body);
    const isGuest = (flags & sessionFlags.isGuest) !== 0;

    const { dialect, signing, cipher } = link.agreement;
    const material = { dialect, preauthHash: attempt.hash, sessionKey: isGuest ? Buffer.alloc(0) : sessionKey };
    const channel = new ChannelSecurity(this.sessionId, material, signing, cipher);
    if (bound) channel.shareSealingOf(bound.channel);
    if (channel.signingKey && !isSignatureRight(reply.packet, channel.signingKey)) {
      throw new ProtocolError('the end of the login has a wrong signature');
    }
    link.exchange.addChannel(channel);
    const session = new Session(link, channel, options, flags);
    if (options.encrypt && !session.isEncrypted) throw new ProtocolError('this session cannot be encrypted');
    return session;
  }
}

/** The two SESSION_SETUP requests of one login, and the hash over their messages. */
class LoginAttempt {
  readonly link: Link;
  readonly options: LoginOptions;
  readonly bound: Session | undefined;
  readonly negotiateMessage = encodeNegotiateMessage();
  hash: Buffer;

  constructor(link: Link, options: LoginOptions, bound: Session | undefined) {
    this.link = link;
    this.options = options;
    this.bound = bound;
    this.hash = link.preauthHash;
  }

  addToHash(packet: Buffer): void {
    this.hash = extendPreauthHash(this.hash, packet);
  }

  send(token: Buffer, sessionId: bigint): Promise<Reply> {
    const { link, options, bound } = this;
    const setup: SessionSetup = {
      token,
      isBinding: bound !== undefined,
      requiresSigning: options.sign ?? false,
      previousSessionId: options.previousSessionId ?? 0n,
    };
    return link.exchange.request({
      command: commands.SESSION_SETUP,
      body: encodeSessionSetup(setup),
      sessionId,
      // A binding proves with the keys of the first channel that it comes from the same client.
      signingKey: bound?.channel.signingKey,
      accepts: (code) => !isFailure(code) || code === status.STATUS_MORE_PROCESSING_REQUIRED,
      onSend: (packet) => this.addToHash(packet),
    });
  }
}

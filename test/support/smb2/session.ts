import type { ChannelSecurity } from './channel-security.ts';
import { commands } from './commands.ts';
import type { Dialect } from './dialects.ts';
import type { Protection, Reply, Request } from './exchange.ts';
import type { Link } from './link.ts';
import type { LoginOptions } from './login-options.ts';
import { sessionFlags } from './session-setup.ts';
import { Tree } from './tree.ts';
import { encodeTreeConnect, parseTreeConnect } from './tree-connect.ts';
import { WireWriter } from './wire-writer.ts';

/** What a request of a session adds to the session's own ways. */
export type SessionRequest = Omit<Request, 'sessionId' | keyof Protection> & {
  /** Encrypt this request, though others of the session may not be. */
  readonly encrypt?: boolean;
  /** Sign this request, though others of the session may not be. */
  readonly sign?: boolean;
};

/** An authenticated session, seen on one of its connections. */
export class Session {
  readonly id: bigint;
  readonly isGuest: boolean;
  readonly isAnonymous: boolean;
  readonly isEncrypted: boolean;
  readonly isSigned: boolean;
  /** @internal */
  readonly channel: ChannelSecurity;
  /** @internal */
  readonly options: LoginOptions;
  /** @internal */
  readonly link: Link;

  /** @internal */
  constructor(link: Link, channel: ChannelSecurity, options: LoginOptions, flags: number) {
    this.link = link;
    this.id = channel.sessionId;
    this.channel = channel;
    this.options = options;
    this.isGuest = (flags & sessionFlags.isGuest) !== 0;
    this.isAnonymous = options.anonymous ?? false;
    const wantsEncryption = options.encrypt === true || (flags & sessionFlags.encryptData) !== 0;
    const wantsSigning = options.sign === true || link.agreement.requiresSigning;
    this.isEncrypted = wantsEncryption && channel.sealing !== undefined;
    this.isSigned = wantsSigning && channel.signingKey !== undefined;
  }

  /** The name that was given at login; empty for an anonymous one. */
  get user(): string {
    return this.isAnonymous ? '' : (this.options.user ?? '');
  }

  get dialect(): Dialect {
    return this.link.agreement.dialect;
  }

  /** Connects to a share. */
  async connect(share: string): Promise<Tree> {
    const body = encodeTreeConnect(`\\\\${this.link.host}\\${share}`);
    // The first tree connect of 3.1.1 must be signed: it protects the negotiation ([MS-SMB2] 3.2.4.1.1).
    const reply = await this.request({ command: commands.TREE_CONNECT, body, sign: this.dialect === '3.1.1' });
    const { flags, type } = parseTreeConnect(reply.body);
    return new Tree(this, { id: reply.header.treeId, share, flags, type });
  }

  /** The same tree, used through this channel of its session. */
  attach(tree: Tree): Tree {
    return new Tree(this, tree.properties);
  }

  async logoff(): Promise<void> {
    await this.request({ command: commands.LOGOFF, body: new WireWriter().u16(4).u16(0).finish() });
    this.link.exchange.removeChannel(this.id);
  }

  /** Sends a request of this session. */
  request({ encrypt = false, sign = false, ...request }: SessionRequest): Promise<Reply> {
    return this.link.exchange.request({ ...request, sessionId: this.id, ...this.protection({ encrypt, sign }) });
  }

  /** @internal */
  protection({ encrypt = false, sign = false }: Pick<SessionRequest, 'encrypt' | 'sign'>): Protection {
    if (encrypt || this.isEncrypted) return { sealing: this.channel.sealing };
    return sign || this.isSigned ? { signingKey: this.channel.signingKey } : {};
  }
}

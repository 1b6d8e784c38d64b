import { encodeBreakAcknowledgement, type LeaseBreak, type OplockBreak } from './breaks.ts';
import { commands } from './commands.ts';
import { encodeCreate, type OpenOptions, parseCreate } from './create.ts';
import type { Protection, Reply } from './exchange.ts';
import { OpenFile } from './open-file.ts';
import type { Session, SessionRequest } from './session.ts';
import { shareFlags, shareTypes } from './tree-connect.ts';
import { WireWriter } from './wire-writer.ts';

/** What the server said of a tree. */
export type TreeProperties = {
  readonly id: number;
  readonly share: string;
  /** ShareFlags, [MS-SMB2] 2.2.10. */
  readonly flags: number;
  /** ShareType, [MS-SMB2] 2.2.10. */
  readonly type: number;
};

/** A connected share. */
export class Tree {
  readonly session: Session;
  /** @internal */
  readonly properties: TreeProperties;

  /** @internal */
  constructor(session: Session, properties: TreeProperties) {
    this.session = session;
    this.properties = properties;
  }

  get id(): number {
    return this.properties.id;
  }

  get share(): string {
    return this.properties.share;
  }

  get isPipe(): boolean {
    return this.properties.type === shareTypes.pipe;
  }

  /** Whether the server wants all requests to this share encrypted, which they then are. */
  get isEncrypted(): boolean {
    return (this.properties.flags & shareFlags.encryptData) !== 0;
  }

  /** Opens a file, a directory (the root is `''`) or, on `IPC$`, a named pipe. */
  async open(name: string, options: OpenOptions = {}): Promise<OpenFile> {
    const { body } = await this.request({ command: commands.CREATE, body: encodeCreate(name, options) });
    return new OpenFile(this, name, parseCreate(body));
  }

  async disconnect(): Promise<void> {
    await this.request({ command: commands.TREE_DISCONNECT, body: new WireWriter().u16(4).u16(0).finish() });
  }

  /** Agrees to a break of an oplock or lease of a file of this share. */
  async acknowledge(notice: LeaseBreak | OplockBreak): Promise<void> {
    await this.request({ command: commands.OPLOCK_BREAK, body: encodeBreakAcknowledgement(notice) });
  }

  /** Sends a request of this tree. */
  request(request: Omit<SessionRequest, 'treeId' | 'encrypt'>): Promise<Reply> {
    return this.session.request({ ...request, treeId: this.id, encrypt: this.isEncrypted });
  }

  /** @internal */
  protection(): Protection {
    return this.session.protection({ encrypt: this.isEncrypted });
  }
}

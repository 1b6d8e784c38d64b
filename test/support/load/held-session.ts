import { access, type OpenOptions, type Session, type Smb2Connection, type Tree } from '../smb2/index.ts';

/** What a test may want to compare with the server's own list. */
export type SessionSummary = {
  readonly id: bigint;
  readonly user: string;
  readonly localPort: number;
};

/** What one session holds. */
export type Holding = {
  readonly shares: readonly string[];
  /** How many opens, on the shares in turn. */
  readonly opens: number;
  readonly fileName: string;
};

const fileOptions: OpenOptions = { disposition: 'open_if', access: access.read };

/** A session with its tree connects and opens. */
export class HeldSession implements SessionSummary {
  readonly user: string;
  readonly localPort: number;
  readonly #session: Session;
  readonly #trees: readonly Tree[];
  #extraTree: Tree | undefined;

  /** Connects the shares, and opens the file on them as often as wanted. */
  static async hold(connection: Smb2Connection, session: Session, holding: Holding): Promise<HeldSession> {
    const { shares, opens, fileName } = holding;
    const trees = await Promise.all(shares.map((share) => session.connect(share)));
    await Promise.all(
      Array.from({ length: opens }, (_, index) => trees[index % trees.length]!.open(fileName, fileOptions)),
    );
    return new HeldSession(connection.localPort, session, trees);
  }

  private constructor(localPort: number, session: Session, trees: readonly Tree[]) {
    this.localPort = localPort;
    this.user = session.user;
    this.#session = session;
    this.#trees = trees;
  }

  get id(): bigint {
    return this.#session.id;
  }

  /** Changes what the server lists for this session: connects its first share once more, or ends that again. */
  async touch(): Promise<void> {
    const extraTree = this.#extraTree;
    this.#extraTree = undefined;
    if (extraTree) await extraTree.disconnect();
    else this.#extraTree = await this.#session.connect(this.#trees[0]?.share ?? 'IPC$');
  }
}

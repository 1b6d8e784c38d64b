import type { OpenFile, Session, Smb2Connection, Tree } from '../smb2/index.ts';

/** What a test may want to compare with the server's own list. */
export type SessionSummary = {
  readonly id: bigint;
  readonly user: string;
  readonly localPort: number;
};

/** What one session holds. */
export type Holding = {
  readonly shares: readonly string[];
  readonly opens: number;
};

/** A session with its tree connects and opens. */
export class HeldSession implements SessionSummary {
  readonly user: string;
  readonly localPort: number;
  readonly #session: Session;
  readonly #trees: readonly Tree[];
  readonly #files: readonly OpenFile[];
  #extraTree: Tree | undefined;

  /** Connects the shares and opens their root directories, which any number of sessions may have open at once. */
  static async hold(connection: Smb2Connection, session: Session, { shares, opens }: Holding): Promise<HeldSession> {
    const trees = await Promise.all(shares.map((share) => session.connect(share)));
    const files = await Promise.all(
      Array.from({ length: opens }, (_, index) => trees[index % trees.length]!.open('', { directory: true })),
    );
    return new HeldSession(connection.localPort, session, trees, files);
  }

  private constructor(localPort: number, session: Session, trees: readonly Tree[], files: readonly OpenFile[]) {
    this.localPort = localPort;
    this.user = session.user;
    this.#session = session;
    this.#trees = trees;
    this.#files = files;
  }

  get id(): bigint {
    return this.#session.id;
  }

  get opens(): number {
    return this.#files.length;
  }

  /** Changes what the server lists for this session: connects its first share once more, or ends that again. */
  async touch(): Promise<void> {
    const extraTree = this.#extraTree;
    this.#extraTree = undefined;
    if (extraTree) await extraTree.disconnect();
    else this.#extraTree = await this.#session.connect(this.#trees[0]?.share ?? 'IPC$');
  }
}

import { type RecordDecoder, type TableState, type TableStats, TdbTable } from '../samba/tdb/index.ts';
import type { Problem } from '../sessions/index.ts';
import { toProblem } from './problems.ts';

/** What keeps a whole server from being read. */
export class ServerProblem extends Error {
  readonly problem: Problem;

  constructor(code: string, message: string) {
    super(message);
    this.problem = { code, message };
  }
}

/** One of the server's files. Its errors name it. */
export class Database<K, V, D extends RecordDecoder<K, V> = RecordDecoder<K, V>> implements Disposable {
  readonly decoder: D;
  private readonly path: string;
  private readonly table: TdbTable<K, V>;
  private state: TableState<K, V> | undefined;

  constructor(path: string, decoder: D) {
    this.path = path;
    this.decoder = decoder;
    this.table = new TdbTable(path, decoder);
  }

  /** @throws ServerProblem */
  refresh(): TableState<K, V> {
    try {
      this.state = this.table.refresh();
      return this.state;
    } catch (error) {
      const { code, message } = toProblem(error, this.path);
      throw new ServerProblem(code, message);
    }
  }

  get stats(): TableStats | undefined {
    return this.state?.stats;
  }

  get size(): number {
    return this.state?.records.size ?? 0;
  }

  problems(): Problem[] {
    return (this.state?.problems ?? []).map(({ code, message, key }) => ({
      code,
      message: `${this.path}${key === null ? '' : `, record ${key}`}: ${message}`,
    }));
  }

  [Symbol.dispose](): void {
    this.table[Symbol.dispose]();
  }
}

import { join } from 'node:path';
import {
  ByteRangeLockDecoder,
  type ByteRangeLocks,
  LeaseDecoder,
  type LeaseState,
  ShareModeDecoder,
  type ShareModes,
} from '../../samba/records/index.ts';
import type { TableState } from '../../samba/tdb/index.ts';
import type { Problem } from '../../sessions/index.ts';
import { Database, ServerProblem } from '../database.ts';

/** What a server has open, as its files said it: files by file id, leases by client and key. */
export interface FileRows {
  readonly shareModes: TableState<string, ShareModes>['records'];
  readonly locks: TableState<string, readonly ByteRangeLocks[]>['records'];
  readonly leases: TableState<string, LeaseState>['records'];
  readonly problems: readonly Problem[];
}

/** A server's files that say what is open, kept: what has not changed is not decoded again. */
export class FileTables implements Disposable {
  readonly shareModes: Database<string, ShareModes, ShareModeDecoder>;
  private readonly locks: Database<string, readonly ByteRangeLocks[]>;
  private readonly leases: Database<string, LeaseState>;

  constructor(lockDirectory: string) {
    this.shareModes = new Database(join(lockDirectory, 'locking.tdb'), new ShareModeDecoder());
    this.locks = new Database(join(lockDirectory, 'brlock.tdb'), new ByteRangeLockDecoder());
    this.leases = new Database(join(lockDirectory, 'leases.tdb'), new LeaseDecoder());
  }

  /**
   * All records as they are now. Without the locks, or the leases, a list lacks but those.
   *
   * @throws ServerProblem where it can't be told what is open
   */
  read(): FileRows {
    const shareModes = this.shareModes.refresh().records;
    const [locks, whyNoLocks] = readIfPossible(this.locks);
    const [leases, whyNoLeases] = readIfPossible(this.leases);
    const problems = [...this.shareModes.problems(), ...whyNoLocks, ...whyNoLeases];
    return { shareModes, locks, leases, problems };
  }

  [Symbol.dispose](): void {
    for (const database of [this.shareModes, this.locks, this.leases]) database[Symbol.dispose]();
  }
}

function readIfPossible<V>(database: Database<string, V>): [TableState<string, V>['records'], readonly Problem[]] {
  try {
    return [database.refresh().records, database.problems()];
  } catch (error) {
    if (!(error instanceof ServerProblem)) throw error;
    return [new Map(), [error.problem]];
  }
}

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AccessError, type AuditEvent, type AuditLog, type AuditReceipt } from '../../sessions/index.ts';
import { openAuditReader } from './audit-reader.ts';
import type { AuditOptions } from './audit-store.ts';
import type { Answer, Question, WorkerStart } from './audit-worker.ts';

/** The record of a state folder as a server appends to it. */
export interface OpenAuditLog extends AuditLog, AsyncDisposable {
  /**
   * The last entry, whichever process wrote it.
   *
   * @throws AccessError AUDIT_BROKEN
   */
  head(): AuditReceipt;
}

/**
 * Opens the record of a state folder in a thread of its own: who appends waits for the disk, and nobody else does. All
 * that is appended meanwhile is written at once. Disposed of, it writes what it was given, and ends.
 *
 * @throws AccessError STATE_UNUSABLE
 */
export async function openAuditLog(stateFolder: string, options: AuditOptions): Promise<OpenAuditLog> {
  const workerData: WorkerStart = { stateFolder, ...options };
  const worker = new Worker(new URL('./audit-worker.ts', import.meta.url), { workerData });
  await once(worker, 'message').catch((error) => {
    throw new AccessError(error.code ?? 'STATE_UNUSABLE', error.message, { cause: error });
  });
  return new WorkerLog(worker, stateFolder);
}

interface Waiting {
  readonly resolve: (receipts: readonly AuditReceipt[]) => void;
  readonly reject: (error: AccessError) => void;
}

class WorkerLog implements OpenAuditLog {
  private readonly worker: Worker;
  private readonly stateFolder: string;
  private readonly waiting = new Map<number, Waiting>();
  private readonly ended: Promise<void>;
  /** Why nothing can be appended any more. */
  private whyEnded: string | null = null;
  private lastId = 0;

  constructor(worker: Worker, stateFolder: string) {
    this.worker = worker;
    this.stateFolder = stateFolder;
    const end = Promise.withResolvers<void>();
    this.ended = end.promise;
    worker.on('message', (answer: Answer) => this.take(answer));
    worker.on('error', (error) => {
      this.whyEnded = `the thread that records has failed: ${(error as Error).message}`;
    });
    worker.once('exit', () => {
      this.whyEnded ??= 'the thread that records has ended';
      for (const { reject } of this.waiting.values()) reject(unwritable(this.whyEnded));
      this.waiting.clear();
      end.resolve();
    });
  }

  append(events: readonly AuditEvent[]): Promise<readonly AuditReceipt[]> {
    return new Promise((resolve, reject) => {
      if (this.whyEnded !== null) throw unwritable(this.whyEnded);
      this.lastId += 1;
      this.worker.postMessage({ id: this.lastId, events } satisfies Question);
      this.waiting.set(this.lastId, { resolve, reject });
    });
  }

  head(): AuditReceipt {
    using reader = openAuditReader(this.stateFolder);
    return reader.head();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.worker.postMessage(null satisfies Question);
    await this.ended;
  }

  private take(answer: Answer): void {
    const { resolve, reject } = this.waiting.get(answer.id)!;
    this.waiting.delete(answer.id);
    if ('receipts' in answer) resolve(answer.receipts);
    else reject(new AccessError(answer.error.code, answer.error.message));
  }
}

function unwritable(why: string): AccessError {
  return new AccessError('AUDIT_UNWRITABLE', `it can't be recorded, and so nothing was done: ${why}; restart smbwho`);
}

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AccessError, type AuditEvent, type AuditLog, type AuditReceipt } from '../../sessions/index.ts';
import type { AuditHead, AuditOptions } from './audit-store.ts';
import type { Answer, Question, WorkerStart } from './audit-worker.ts';

/** The record of a state folder as a server appends to it. */
export interface OpenAuditLog extends AuditLog, AsyncDisposable {
  /**
   * The last entry, whichever process wrote it.
   *
   * @throws AccessError AUDIT_BROKEN, STATE_UNUSABLE, AUDIT_UNWRITABLE
   */
  head(): Promise<AuditHead>;
}

/**
 * Opens the record of a state folder in a thread of its own: who appends waits for the disk, and nobody else does. All
 * that is appended meanwhile is written at once. A thread that fails fails those who wait for it; the next has a new one.
 * Disposed of, it writes what it was given, and ends.
 *
 * @throws AccessError STATE_UNUSABLE; AUDIT_BROKEN where there was a record, and it is gone
 */
export async function openAuditLog(stateFolder: string, options: AuditOptions): Promise<OpenAuditLog> {
  const log = new WorkerLog({ stateFolder, ...options });
  await once(log.start(), 'message').catch((error) => {
    throw new AccessError(error.code ?? 'STATE_UNUSABLE', error.message, { cause: error });
  });
  return log;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: AccessError) => void;
}

class WorkerLog implements OpenAuditLog {
  private readonly workerData: WorkerStart;
  private worker: Worker | null = null;
  /** All for the one worker: the next begins once it has ended. */
  private readonly waiting = new Map<number, Waiting>();
  private isClosed = false;
  private lastId = 0;

  constructor(workerData: WorkerStart) {
    this.workerData = workerData;
  }

  start(): Worker {
    const worker = new Worker(new URL('./audit-worker.ts', import.meta.url), { workerData: this.workerData });
    let why = 'the thread that records has ended';
    worker.on('message', (answer: Answer) => this.take(answer));
    worker.on('error', (error) => {
      why = `the thread that records has failed: ${(error as Error).message}`;
    });
    worker.once('exit', () => {
      this.worker = null;
      for (const { reject } of this.waiting.values()) reject(unwritable(why));
      this.waiting.clear();
    });
    this.worker = worker;
    return worker;
  }

  append(events: readonly AuditEvent[]): Promise<readonly AuditReceipt[]> {
    return this.ask(events);
  }

  head(): Promise<AuditHead> {
    return this.ask('head');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    const { worker } = this;
    if (worker === null) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage(null satisfies Question);
    await ended;
  }

  private ask<T>(events: readonly AuditEvent[] | 'head'): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) throw unwritable('the record is closed');
      const worker = this.worker ?? this.start();
      this.lastId += 1;
      worker.postMessage({ id: this.lastId, events } satisfies Question);
      this.waiting.set(this.lastId, { resolve, reject });
    });
  }

  private take(answer: Answer): void {
    if (answer === 'ready') return;
    const { resolve, reject } = this.waiting.get(answer.id)!;
    this.waiting.delete(answer.id);
    if ('result' in answer) resolve(answer.result as never);
    else reject(new AccessError(answer.error.code, answer.error.message));
  }
}

function unwritable(why: string): AccessError {
  return new AccessError('AUDIT_UNWRITABLE', `it can't be recorded, and so nothing was done: ${why}`);
}

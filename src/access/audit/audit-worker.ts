import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { AccessErrorCode, AuditEvent, AuditReceipt } from '../../sessions/index.ts';
import { type AuditHead, type AuditOptions, openAuditStore } from './audit-store.ts';

/** What the thread is started with. */
export interface WorkerStart extends AuditOptions {
  readonly stateFolder: string;
}

/** What it is asked to append, or for the head; null: to end. */
export type Question = { readonly id: number; readonly events: readonly AuditEvent[] | 'head' } | null;

/** What became of it; at first, that it can be asked. */
export type Answer =
  | { readonly id: number; readonly result: readonly AuditReceipt[] | AuditHead }
  | { readonly id: number; readonly error: { readonly code: AccessErrorCode; readonly message: string } }
  | 'ready';

const port = parentPort!;
const { stateFolder, ...options } = workerData as WorkerStart;
// Where this fails, it is the thread's error.
const store = openAuditStore(stateFolder, options);

port.on('message', (first: Question) => {
  const questions = [first];
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    questions.push(next.message);
  }
  const asked = questions.filter((question) => question !== null);
  append(asked.flatMap(({ id, events }) => (events === 'head' ? [] : [{ id, events }])));
  for (const { id, events } of asked) if (events === 'head') tellHead(id);
  if (!questions.includes(null)) return;
  store[Symbol.dispose]();
  port.close();
});
send('ready');

/** All that was asked while the last was written goes to the disk at once: what takes long is the waiting for it. */
function append(questions: readonly { readonly id: number; readonly events: readonly AuditEvent[] }[]): void {
  try {
    const receipts = [...store.append(questions.flatMap(({ events }) => events))];
    for (const { id, events } of questions) send({ id, result: receipts.splice(0, events.length) });
  } catch (error) {
    for (const { id } of questions) refuse(id, error);
  }
}

function tellHead(id: number): void {
  try {
    send({ id, result: store.head() });
  } catch (error) {
    refuse(id, error);
  }
}

function refuse(id: number, error: unknown): void {
  const { code, message } = error as { code: AccessErrorCode; message: string };
  send({ id, error: { code, message } });
}

function send(answer: Answer): void {
  port.postMessage(answer);
}

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { AccessErrorCode, AuditEvent, AuditReceipt } from '../../sessions/index.ts';
import { type AuditOptions, openAuditStore } from './audit-store.ts';

/** What the thread is started with. */
export interface WorkerStart extends AuditOptions {
  readonly stateFolder: string;
}

/** What it is asked to append; null: to end. */
export type Question = { readonly id: number; readonly events: readonly AuditEvent[] } | null;

/** What became of it. */
export type Answer =
  | { readonly id: number; readonly receipts: readonly AuditReceipt[] }
  | { readonly id: number; readonly error: { readonly code: AccessErrorCode; readonly message: string } };

const port = parentPort!;
const { stateFolder, ...options } = workerData as WorkerStart;
// Where this fails, it is the thread's error.
const store = openAuditStore(stateFolder, options);

port.on('message', (first: Question) => {
  const questions = [first];
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    questions.push(next.message);
  }
  append(questions.filter((question) => question !== null));
  if (!questions.includes(null)) return;
  store[Symbol.dispose]();
  port.close();
});
port.postMessage('ready');

/** All that was asked while the last was written goes to the disk at once: what takes long is the waiting for it. */
function append(questions: readonly NonNullable<Question>[]): void {
  const send = (answer: Answer) => port.postMessage(answer);
  try {
    const receipts = [...store.append(questions.flatMap(({ events }) => events))];
    for (const { id, events } of questions) send({ id, receipts: receipts.splice(0, events.length) });
  } catch (error) {
    const { code, message } = error as { code: AccessErrorCode; message: string };
    for (const { id } of questions) send({ id, error: { code, message } });
  }
}

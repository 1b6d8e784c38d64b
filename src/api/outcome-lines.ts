import { PassThrough, type Writable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Is aborted once whoever asked has gone away. */
export function leaving(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  if (reply.raw.destroyed) gone.abort();
  return gone.signal;
}

/** Answers with a line of JSON for each outcome, as it comes. */
export function sendLines<T>(reply: FastifyReply, outcomes: AsyncIterable<T>, toJson: (outcome: T) => unknown): void {
  const lines = new PassThrough();
  reply.type('application/x-ndjson').send(lines);
  // The first outcome may take seconds; that the close has begun is known now.
  reply.raw.flushHeaders();
  pour(outcomes, lines, toJson).catch((error) => {
    reply.log.error(error);
    lines.destroy(error);
  });
}

/** To the end, whoever still listens: what had been sent before somebody went away is to be in the log. */
async function pour<T>(outcomes: AsyncIterable<T>, lines: Writable, toJson: (outcome: T) => unknown): Promise<void> {
  for await (const outcome of outcomes) {
    if (!lines.destroyed) lines.write(`${JSON.stringify(toJson(outcome))}\n`);
  }
  lines.end();
}

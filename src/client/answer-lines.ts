import { StringDecoder } from 'node:string_decoder';

/** An outcome takes some hundred. */
const maxLineLength = 100_000;

/**
 * The lines of an answer, each as soon as it is there.
 *
 * @throws Error where the answer breaks off, or a line is too long
 */
export async function* readLines(answer: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder();
  let rest = '';
  for await (const chunk of answer) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > maxLineLength) throw new Error('a line of the answer is too long');
  }
  if (rest !== '') yield rest;
}

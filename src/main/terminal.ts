import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';
import type { Ask } from '../cli/index.ts';

/**
 * Asks a person. The answer is null where there is none: the input has ended, or Ctrl-C came.
 *
 * @returns null where the input is no terminal
 */
export function questionOn(input: ReadStream, output: NodeJS.WritableStream): Ask | null {
  if (!input.isTTY) return null;
  return (question) => askOn(question, input, output);
}

/** The same for what must not be seen: nothing that is typed comes to the screen. */
export function hiddenQuestionOn(input: ReadStream, output: NodeJS.WritableStream): Ask | null {
  if (!input.isTTY) return null;
  return async (question) => {
    const answer = askOn('', input, new Writable({ write: (_chunk, _encoding, done) => done() }));
    // Only now: from here on nothing is echoed.
    output.write(question);
    await answer;
    output.write('\n');
    return answer;
  };
}

function askOn(question: string, input: ReadStream, output: NodeJS.WritableStream): Promise<string | null> {
  return new Promise((resolve) => {
    // A terminal of its own: what is typed comes to the screen through the output alone.
    const terminal = createInterface({ input, output, terminal: true });
    terminal.once('close', () => resolve(null)).once('SIGINT', () => terminal.close());
    terminal.question(question, (answer) => {
      resolve(answer);
      terminal.close();
    });
  });
}

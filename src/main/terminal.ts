import { createInterface } from 'node:readline';
import type { ReadStream } from 'node:tty';

/**
 * Asks a person. The answer is null where there is none: the input has ended, or Ctrl-C came.
 *
 * @returns null where the input is no terminal
 */
export function questionOn(
  input: ReadStream,
  output: NodeJS.WritableStream,
): ((question: string) => Promise<string | null>) | null {
  if (!input.isTTY) return null;
  return (question) =>
    new Promise((resolve) => {
      const terminal = createInterface({ input, output });
      terminal.once('close', () => resolve(null)).once('SIGINT', () => terminal.close());
      terminal.question(question, (answer) => {
        resolve(answer);
        terminal.close();
      });
    });
}

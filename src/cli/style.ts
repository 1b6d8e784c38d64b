import { styleText } from 'node:util';

type Paint = (text: string) => string;

/** How the few words that should catch the eye stand out. */
export interface Style {
  readonly title: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly bad: Paint;
}

/** With colour or without, as the caller says: neither the environment nor the stream is asked. */
export function styleOf(colour: boolean): Style {
  const paint =
    (format: 'bold' | 'green' | 'yellow' | 'red'): Paint =>
    (text) =>
      colour ? styleText(format, text, { validateStream: false }) : text;
  return { title: paint('bold'), good: paint('green'), warning: paint('yellow'), bad: paint('red') };
}

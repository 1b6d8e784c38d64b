import stringWidth from 'string-width';

/**
 * Controls, line and paragraph separators, and all that takes no place or turns writing direction: a name that a client
 * sent must not move the cursor, colour the screen, reorder a line or pass for another name. Variation selectors may
 * stay, they belong to emoji.
 */
const hidden = /[[\p{Control}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]--[\ufe0e\ufe0f]]/gv;

const graphemes = new Intl.Segmenter();

/** Text that came from a client, with what would not be seen made visible: ESC becomes `\x1b`. */
export function visible(text: string): string {
  return text.toWellFormed().replace(hidden, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`;
  });
}

/** A visible text in at most so many cells of a terminal; `…` stands for what is cut. */
export function shorten(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let left = width - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= stringWidth(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The same with its beginning cut: of a path the end tells most. */
export function shortenStart(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const segments = Array.from(graphemes.segment(text), ({ segment }) => segment);
  let left = width - 1;
  const first = segments.findLastIndex((segment) => {
    left -= stringWidth(segment);
    return left < 0;
  });
  return `…${segments.slice(first + 1).join('')}`;
}

/** Names separated by commas in at most so many cells: whole names, and how many more there are. `media,+2` */
export function shortenNames(names: readonly string[], width: number): string {
  const all = names.join(',');
  if (stringWidth(all) <= width) return all;
  let fitting: string | undefined;
  let text = '';
  for (const [i, name] of names.entries()) {
    text += i === 0 ? name : `,${name}`;
    const longer = `${text}${more(names.length - i - 1)}`;
    if (stringWidth(longer) > width) break;
    fitting = longer;
  }
  const others = more(names.length - 1);
  return fitting ?? `${shorten(names[0]!, width - others.length)}${others}`;
}

function more(count: number): string {
  return count === 0 ? '' : `,+${count}`;
}

/** A visible text as lines of at most so many cells: broken between words, and within one only where it is too long. */
export function wrap(text: string, width: number): string[] {
  if (stringWidth(text) <= width) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && stringWidth(longer) <= width) lines.splice(-1, 1, longer);
    else lines.push(...breakWord(word, width));
  }
  return lines;
}

function breakWord(word: string, width: number): string[] {
  const lines: string[] = [];
  let left = 0;
  for (const { segment } of graphemes.segment(word)) {
    // A hostile name can be one grapheme that is wider than a line.
    for (const piece of stringWidth(segment) > width ? segment : [segment]) {
      const taken = stringWidth(piece);
      if (lines.length === 0 || taken > left) {
        lines.push('');
        left = width;
      }
      lines.push(`${lines.pop()}${piece}`);
      left -= taken;
    }
  }
  return lines;
}

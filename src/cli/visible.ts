/**
 * C0 and C1 controls, DEL, line and paragraph separators, and the marks that turn writing direction: a name that a client
 * sent must not move the cursor, colour the screen or reorder a line.
 */
const hidden = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text that came from a client, with what would not be seen made visible: ESC becomes `\x1b`. */
export function visible(text: string): string {
  return text.toWellFormed().replace(hidden, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

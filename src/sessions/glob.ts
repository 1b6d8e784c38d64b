/** One thing that a pattern asks for. */
type Token =
  | { readonly kind: 'one'; readonly character: string }
  /** `?`: one character but a slash. */
  | { readonly kind: 'any' }
  /** `*`: none, or more characters but slashes. */
  | { readonly kind: 'star' }
  /** `**`: none, or more characters. */
  | { readonly kind: 'many' }
  /** Before a `**` that is a whole part of a path: it may be no folder at all, and then takes its slash along. */
  | { readonly kind: 'folders' };

export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * Compiles a pattern for paths: `?` is one character, `*` a part of a name, and `**` any number of folders. All else stands
 * for itself.
 *
 * All that the pattern could be at is followed at once, and no character is looked at twice: however hostile pattern and
 * path are, it takes the product of their lengths at most.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const tokens = toTokens(pattern.replace(/(?<=^|\/)(\*{2,}\/)+/g, '**/'));
  const literal = pattern.slice(0, pattern.search(/[*?]|$/));
  return (text) => text.startsWith(literal) && matches(tokens, text);
}

function toTokens(pattern: string): readonly Token[] {
  const pieces = pattern.match(/\*{2,}|./gsu) ?? [];
  return pieces.flatMap((piece, i): Token[] => {
    if (piece === '?') return [{ kind: 'any' }];
    if (piece === '*') return [{ kind: 'star' }];
    if (!piece.startsWith('*')) return [{ kind: 'one', character: piece }];
    const isFolder = pieces[i + 1] === '/' && (i === 0 || pieces[i - 1] === '/');
    return isFolder ? [{ kind: 'folders' }, { kind: 'many' }] : [{ kind: 'many' }];
  });
}

function matches(tokens: readonly Token[], text: string): boolean {
  let here = new Places(tokens);
  let next = new Places(tokens);
  here.add(0);
  for (const character of text) {
    for (const place of here.list) {
      const token = tokens[place];
      if (token === undefined) continue;
      if (token.kind === 'many' || (token.kind === 'star' && character !== '/')) next.add(place);
      if (token.kind === 'any' && character !== '/') next.add(place + 1);
      if (token.kind === 'one' && character === token.character) next.add(place + 1);
    }
    if (next.list.length === 0) return false;
    [here, next] = [next, here];
    next.clear();
  }
  return here.has(tokens.length);
}

/** Where in the pattern a text may have led to, each place once. */
class Places {
  readonly list: number[] = [];
  private readonly tokens: readonly Token[];
  private readonly held: Uint8Array;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
    this.held = new Uint8Array(tokens.length + 1);
  }

  has(place: number): boolean {
    return this.held[place] === 1;
  }

  /** With the places behind it that take no character to come to. */
  add(first: number): void {
    for (let place = first; place <= this.tokens.length && !this.has(place); place++) {
      this.held[place] = 1;
      this.list.push(place);
      const kind = this.tokens[place]?.kind;
      if (kind === 'folders') this.add(place + 3);
      else if (kind !== 'many' && kind !== 'star') return;
    }
  }

  clear(): void {
    for (const place of this.list) this.held[place] = 0;
    this.list.length = 0;
  }
}

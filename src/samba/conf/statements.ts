/** What one line of an smb.conf says: that a section begins, or a parameter's value. */
export type Statement =
  | { readonly section: string }
  | {
      readonly section?: undefined;
      /** In Samba's comparable form: lower case, without blanks. */
      readonly name: string;
      readonly value: string;
    };

/**
 * The lines of smb.conf(5) as Samba reads them (lib/util/tini.c): comments at a line's start only, a backslash at its end
 * continues it, blanks in a row are one.
 */
export function parseStatements(text: string): Statement[] {
  const statements: Statement[] = [];
  let held = '';
  for (const physical of text.split('\n')) {
    if (held === '' && /^\s*[#;]/.test(physical)) continue;
    const line = (held + physical).replace(/[\t\v\f\r ]+/g, ' ').replace(/^ /, '');
    const isContinued = /\\ ?$/.test(line);
    held = isContinued ? line.replace(/\\ ?$/, '') : '';
    if (isContinued || line === '') continue;
    const section = /^\[([^\]]*)\]/.exec(line)?.[1];
    const equals = line.indexOf('=');
    if (section !== undefined) statements.push({ section: isGlobal(section) ? 'global' : section });
    else if (equals > 0)
      statements.push({ name: comparable(line.slice(0, equals)), value: line.slice(equals + 1).trim() });
  }
  return statements;
}

/** A parameter's name as Samba compares it. */
export function comparable(name: string): string {
  return name.toLowerCase().replace(/\s+/g, '');
}

function isGlobal(section: string): boolean {
  return /^globals?$/.test(comparable(section));
}

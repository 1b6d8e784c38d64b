/** The parameters of a share that are read, in Samba's comparable form; `boolean` where the value is yes or no. */
const parameters: Readonly<Record<string, 'boolean' | 'other'>> = {
  accessbasedshareenum: 'boolean',
  adminusers: 'other',
  available: 'boolean',
  comment: 'other',
  guestok: 'boolean',
  guestonly: 'boolean',
  hideunreadable: 'boolean',
  hideunwriteablefiles: 'boolean',
  hostsallow: 'other',
  hostsdeny: 'other',
  invalidusers: 'other',
  msdfsproxy: 'other',
  path: 'other',
  printable: 'boolean',
  readlist: 'other',
  readonly: 'boolean',
  serversmbencrypt: 'other',
  validusers: 'other',
  writelist: 'other',
};

const synonyms: Readonly<Record<string, string>> = {
  allowhosts: 'hostsallow',
  denyhosts: 'hostsdeny',
  directory: 'path',
  onlyguest: 'guestonly',
  printok: 'printable',
  public: 'guestok',
  smbencrypt: 'serversmbencrypt',
};
/** Names for the opposite of `read only`. */
const inverse = new Set(['writable', 'writeable', 'writeok']);

const booleans: Readonly<Record<string, 'yes' | 'no'>> = {
  yes: 'yes',
  true: 'yes',
  on: 'yes',
  1: 'yes',
  no: 'no',
  false: 'no',
  off: 'no',
  0: 'no',
};

/**
 * A parameter of a share under its first name, booleans as `yes` or `no`.
 *
 * @returns undefined where it is none that is read; null where Samba refuses the value, and with it the whole file
 */
export function toShareParameter(
  name: string,
  value: string,
): readonly [name: string, value: string] | undefined | null {
  const first = inverse.has(name) ? 'readonly' : (synonyms[name] ?? name);
  const type = Object.hasOwn(parameters, first) ? parameters[first] : undefined;
  if (type === undefined) return undefined;
  if (type === 'other') return [first, value];
  const word = Object.hasOwn(booleans, value.toLowerCase()) ? booleans[value.toLowerCase()] : undefined;
  if (word === undefined) return null;
  return [first, inverse.has(name) ? (word === 'yes' ? 'no' : 'yes') : word];
}

/** A text without the quotes around it, where there are none within. */
export function parseText(value = ''): string {
  const bare = value.replace(/^"+|"+$/g, '');
  return bare.includes('"') ? value : bare;
}

/** The items of a list, which stand between blanks, commas and semicolons; one with such in it is quoted. */
export function parseList(value = ''): string[] {
  const items = value.match(/(?:"[^"]*(?:"|$)|[^\s,;"])+/g) ?? [];
  return items.map((item) => item.replaceAll('"', '')).filter((item) => item !== '');
}

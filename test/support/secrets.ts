/**
 * The ways in which a secret could stand somewhere: as it is, and as base64, hex, percent-encoded or JSON text. A token is
 * looked for without its prefix, which is no secret.
 */
export function formsOf(secret: string): readonly string[] {
  const text = secret.replace(/^(access|session)-v1:/, '');
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const forms = [
    text,
    ...base64Forms(bytes),
    hex,
    hex.toUpperCase(),
    encodeURIComponent(text),
    hex.replace(/../g, (digits) => `%${digits}`),
    JSON.stringify(text).slice(1, -1),
  ];
  return [...new Set(forms)];
}

/** Whatever stood before it: base64 reads three bytes at a time, so that there are three ways to begin. */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // What depends on the bytes before and after is left away.
    const [from, length] = [before === 0 ? 0 : before + 1, Math.floor((before + bytes.length) / 3) * 4];
    const own = encoded.slice(from, length);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** The names of the secrets that stand in some bytes, in any form. */
export function secretsIn(bytes: string | Buffer, secrets: Readonly<Record<string, string>>): readonly string[] {
  const text = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return Object.keys(secrets).filter((name) => formsOf(secrets[name]!).some((form) => text.includes(form)));
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../support/program.ts';

const page = readFileSync(join(projectFolder, 'docs/errors.md'), 'utf8');

/** The codes that docs/errors.md explains. */
export const documentedCodes: ReadonlySet<string> = new Set(
  [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code!),
);

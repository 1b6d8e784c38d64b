import type { FileCloseForm } from '../../samba/messages/index.ts';
import type { SambaServer } from '../samba-server.ts';

/** How a server's smbd wants to be told to close a file. */
export interface KnownForm {
  readonly form: FileCloseForm;
  /** False where its records fit releases that take this form, and others that do nothing when they get it. */
  readonly isSure: boolean;
}

/**
 * Entries without private options are of 4.23 or later, the others of 4.22 or earlier. 4.21 and 4.22 take no `raw` message,
 * and nothing in their records tells them from 4.19 and 4.20; opens of 4.18 and earlier have a pointer that those lack.
 *
 * @param server whose records have been read
 */
export function closeFormOf(server: SambaServer): KnownForm {
  const modes = server.files.shareModes.decoder.fitting;
  if (modes.length > 0 && modes.every(({ privateOptions }) => !privateOptions)) return { form: 'ndr', isSure: true };
  const { layouts } = server.examine();
  return { form: 'raw', isSure: layouts.length > 0 && layouts.every(({ openDbRec }) => openDbRec) };
}

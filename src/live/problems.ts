import { DecodeError } from '../samba/bytes/index.ts';
import { InstanceError } from '../samba/conf/index.ts';
import type { Problem } from '../sessions/index.ts';

/** The problem that an error of the reader is. Errors that are none of Samba's doing are thrown on. */
export function toProblem(error: unknown, path: string): Problem {
  if (error instanceof InstanceError) return { code: error.code, message: error.message };
  if (error instanceof DecodeError) return { code: error.code, message: `${path}: ${error.message}` };
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        code: 'SAMBA_ABSENT',
        message: `${path} does not exist: no smbd has run here since boot, or it keeps its files elsewhere; name its smb.conf with --smb-conf`,
      };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'SAMBA_DENIED',
        message: `${path} can't be read: ${code}; run as root, or with the capability CAP_DAC_READ_SEARCH`,
      };
    case undefined:
      throw error;
    default:
      return { code: 'SAMBA_UNREADABLE', message: `${path} can't be read: ${message}` };
  }
}

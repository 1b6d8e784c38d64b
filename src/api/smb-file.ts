import { formatFileLocation, type OpenFile, ownerOf, uidAuthId } from '../sessions/index.ts';

/** An open file as the contract shows it. */
export function toSmbFileHandle(file: OpenFile, { resolvePaths }: { readonly resolvePaths: boolean }) {
  return {
    file_number: String(file.location.file.inode),
    handle_info: {
      location: formatFileLocation(file.location),
      // Samba keeps neither.
      version: 0,
      num_byte_range_locks: file.numByteRangeLocks,
      num_notify_watches: '0',
      access_mask: accessNames(file.accessMask),
      owner: ownerOf(file).authId ?? uidAuthId(file.uid),
      path: resolvePaths ? pathOf(file) : '',
    },
  };
}

/** As a client names it: a directory by its slash, a stream by its name behind a colon. */
function pathOf({ path, stream, isDirectory }: OpenFile): string {
  const isFolder = isDirectory === true && stream === null && !path.endsWith('/');
  return `${path}${isFolder ? '/' : ''}${stream === null ? '' : `:${stream}`}`;
}

/** The bits of [MS-SMB2] 2.2.13.1, the lowest first. */
const names: readonly (readonly [bit: number, name: string])[] = [
  [0x0000_0001, 'MS_ACCESS_FILE_READ_DATA'],
  [0x0000_0002, 'MS_ACCESS_FILE_WRITE_DATA'],
  [0x0000_0004, 'MS_ACCESS_FILE_APPEND_DATA'],
  [0x0000_0008, 'MS_ACCESS_FILE_READ_EA'],
  [0x0000_0010, 'MS_ACCESS_FILE_WRITE_EA'],
  [0x0000_0020, 'MS_ACCESS_FILE_EXECUTE'],
  [0x0000_0040, 'MS_ACCESS_FILE_DELETE_CHILD'],
  [0x0000_0080, 'MS_ACCESS_FILE_READ_ATTRIBUTES'],
  [0x0000_0100, 'MS_ACCESS_FILE_WRITE_ATTRIBUTES'],
  [0x0001_0000, 'MS_ACCESS_DELETE'],
  [0x0002_0000, 'MS_ACCESS_READ_CONTROL'],
  [0x0004_0000, 'MS_ACCESS_WRITE_DAC'],
  [0x0008_0000, 'MS_ACCESS_WRITE_OWNER'],
  [0x0010_0000, 'MS_ACCESS_SYNCHRONIZE'],
  [0x0100_0000, 'MS_ACCESS_SYSTEM_SECURITY'],
  [0x0200_0000, 'MS_ACCESS_MAXIMUM_ALLOWED'],
  [0x1000_0000, 'MS_ACCESS_GENERIC_ALL'],
  [0x2000_0000, 'MS_ACCESS_GENERIC_EXECUTE'],
  [0x4000_0000, 'MS_ACCESS_GENERIC_WRITE'],
  [0x8000_0000, 'MS_ACCESS_GENERIC_READ'],
];

function accessNames(mask: number): string[] {
  return names.filter(([bit]) => (mask & bit) !== 0).map(([, name]) => name);
}

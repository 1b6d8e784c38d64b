import {
  elapsedMicros,
  formatFileLocation,
  formatLocation,
  isOpenForWriting,
  type OpenFile,
  toIso,
} from '../sessions/index.ts';
import { type CsvColumns, type CsvOptions, toCsv } from './csv.ts';

/** Names and order are stable, new columns come last. What the JSON has too has its name there. */
const columns: CsvColumns<OpenFile> = {
  location: ({ location }) => formatFileLocation(location),
  instance: ({ location }) => location.instance,
  path: ({ path }) => path,
  stream: ({ stream }) => stream,
  share_name: ({ shareName }) => shareName,
  is_directory: ({ isDirectory }) => isDirectory,
  user_name: ({ user }) => user?.name ?? null,
  user_domain: ({ user }) => user?.domain ?? null,
  user_sid: ({ user }) => user?.sid ?? null,
  uid: ({ uid }) => uid,
  client_address: ({ client }) => client,
  session: ({ session }) => (session === null ? null : formatLocation(session)),
  opened_at: ({ openedAt }) => toIso(openedAt),
  age_seconds: ({ openedAt }, at) => Math.floor(elapsedMicros(openedAt, at) / 1_000_000),
  access_mask: ({ accessMask }) => accessMask,
  is_open_for_writing: isOpenForWriting,
  caching: ({ caching }) => caching.kind,
  num_byte_range_locks: ({ numByteRangeLocks }) => numByteRangeLocks,
  is_delete_on_close: ({ isDeleteOnClose }) => isDeleteOnClose,
  is_durable: ({ isDurable }) => isDurable,
  is_disconnected: ({ isDisconnected }) => isDisconnected,
};

export function formatFileCsv(files: readonly OpenFile[], options: CsvOptions): string {
  return toCsv(columns, files, options);
}

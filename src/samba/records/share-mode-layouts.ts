/**
 * How the records of `locking.tdb` differ between releases: `g_lock.c`, and `share_mode_entry` of
 * `source3/librpc/idl/open_files.idl`. The layout that fills a record exactly, and finds only plausible entries in it, is
 * the right one.
 */
export interface ShareModeLayout {
  /** The first upstream release with this layout. */
  readonly since: string;
  /** `g_lock.unique_lock_epoch` */
  readonly lockEpoch: boolean;
  /** `share_mode_entry.private_options` */
  readonly privateOptions: boolean;
  /** `share_mode_entry.create_guid` */
  readonly createGuid: boolean;
  /** `struct share_mode_entry_buf`, of which the last bytes may be unused. */
  readonly entryBytes: number;
}

/** Newest first: the order in which they are tried. */
export const shareModeLayouts: readonly ShareModeLayout[] = [
  { since: '4.25', lockEpoch: true, privateOptions: false, createGuid: true, entryBytes: 128 },
  { since: '4.23', lockEpoch: true, privateOptions: false, createGuid: false, entryBytes: 124 },
  { since: '4.17', lockEpoch: true, privateOptions: true, createGuid: false, entryBytes: 132 },
  { since: '4.13', lockEpoch: false, privateOptions: true, createGuid: false, entryBytes: 132 },
];

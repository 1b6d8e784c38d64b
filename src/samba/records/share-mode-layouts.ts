/**
 * How the records of `locking.tdb` differ between releases: `g_lock.c`, and `share_mode_data` and `share_mode_entry` of
 * `source3/librpc/idl/open_files.idl`. The layout that fills a record exactly, and finds only plausible entries in it, is
 * the right one. Several do where they differ only in `delete_token` and no record has one: they read the same then.
 */
export interface ShareModeLayout {
  /** The first upstream release with this layout. */
  readonly since: string;
  /** `g_lock.unique_lock_epoch` */
  readonly lockEpoch: boolean;
  /** `share_mode_entry.private_options` */
  readonly privateOptions: boolean;
  /** `share_mode_entry.create_guid`; `num_persistent` and `open_persistent_id` in `share_mode_data`, which has a head. */
  readonly persistent: boolean;
  /** `security_token` with claims */
  readonly claims: boolean;
  /** `delete_token.parent_lease_key` */
  readonly parentLeaseKey: boolean;
  /** `struct share_mode_entry_buf`, of which the last bytes may be unused. */
  readonly entryBytes: number;
}

/** Newest first: the order in which they are tried. */
export const shareModeLayouts: readonly ShareModeLayout[] = [
  row('4.25', 128, { lockEpoch: true, persistent: true, parentLeaseKey: true, claims: true }),
  row('4.23', 124, { lockEpoch: true, parentLeaseKey: true, claims: true }),
  row('4.22', 132, { lockEpoch: true, privateOptions: true, parentLeaseKey: true, claims: true }),
  row('4.20', 132, { lockEpoch: true, privateOptions: true, claims: true }),
  row('4.17', 132, { lockEpoch: true, privateOptions: true }),
  row('4.13', 132, { privateOptions: true }),
];

function row(since: string, entryBytes: number, traits: Partial<ShareModeLayout>): ShareModeLayout {
  const none = { lockEpoch: false, privateOptions: false, persistent: false, claims: false, parentLeaseKey: false };
  return { since, entryBytes, ...none, ...traits };
}

/** The Debian that has each Samba release. */
const debians = { '4.13': 'bullseye', '4.17': 'bookworm', '4.22': 'trixie', '4.25': 'forky' } as const;

/** A Samba release that the tests run on. */
export type Release = keyof typeof debians;

export type Debian = (typeof debians)[Release];

/** All of them, oldest first. */
export const releases = Object.keys(debians) as readonly Release[];

/** An installed Samba of one release, with smbclient, tdbdump and Samba's Python bindings. */
export interface Suite {
  readonly release: Release;
  readonly debian: Debian;
  /** The folder of its Debian, for `PrivateSamba.start({ root })`; null where this machine's own Samba is of that release. */
  readonly root: string | null;
}

export function debianOf(release: Release): Debian {
  return debians[release];
}

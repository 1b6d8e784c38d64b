import type { OpenFile } from '../../../src/sessions/index.ts';

/** What somebody has open, and all that is to be listed of it. */
export interface ExpectedOpen {
  /** Name of the share, and the path and stream in it. */
  readonly share: string;
  readonly name: string;
  readonly stream: string | null;
  readonly uid: number;
  readonly user: string;
  /** Null where it has ended. */
  readonly sessionGlobalId: number | null;
  /** Whether every release's records can tell the session; since 4.23 they do anyway. */
  readonly isSessionPlain: boolean;
  /** The same of the share. */
  readonly isSharePlain: boolean;
  readonly caching: OpenFile['caching'];
  readonly accessMask: number;
  readonly shareAccess: number;
  readonly locks: number;
  readonly isDirectory: boolean | null;
  readonly isDeleteOnClose: boolean;
  readonly isDurable: boolean;
  readonly isDisconnected: boolean;
}

/** Opens that stay until they are told to go. */
export interface OpenFiles extends AsyncDisposable {
  readonly opens: readonly ExpectedOpen[];
  /** Where smbd has files beneath streams open for itself: their names. */
  readonly beneathStreams: readonly string[];
}

/** What differs between a list and what was opened, in words; empty where nothing does. */
export function matchOpens(
  files: readonly OpenFile[],
  { opens, beneathStreams }: Pick<OpenFiles, 'opens' | 'beneathStreams'>,
  { shares, namesSessions }: { readonly shares: ReadonlyMap<string, string>; readonly namesSessions: boolean },
): string[] {
  const faults: string[] = [];
  const left = new Set(files);
  for (const { share, name, sessionGlobalId, user, isSessionPlain, isSharePlain, locks, ...expected } of opens) {
    const folder = shares.get(share)!;
    const path = name === '' ? folder : `${folder}/${name}`;
    const isKnown = sessionGlobalId !== null && (namesSessions || isSessionPlain);
    const isShareKnown = sessionGlobalId !== null && (namesSessions || isSharePlain);
    const wanted = {
      ...expected,
      path,
      servicePath: folder,
      numByteRangeLocks: locks,
      user: isKnown ? user : null,
      session: isKnown ? sessionGlobalId : null,
      sessionCertainty: isKnown ? 'exact' : 'unknown',
      shareName: isShareKnown ? share : null,
      client: isKnown ? '127.0.0.1' : null,
    };
    const text = JSON.stringify(wanted, [...Object.keys(wanted), 'kind', 'state'].sort());
    const found = [...left].find((file) => comparable(file) === text);
    if (found === undefined) {
      const near = files.filter((file) => file.path === path).map(comparable);
      faults.push(`missing: ${text}\n of that path: ${near.join('\n')}`);
    } else left.delete(found);
  }
  for (const name of beneathStreams) {
    const found = [...left].find(({ path, accessMask }) => path.endsWith(`/${name}`) && accessMask === 0);
    if (found === undefined) faults.push(`missing: ${name}, beneath its stream`);
    else left.delete(found);
  }
  return [...faults, ...[...left].map((file) => `nobody opened ${comparable(file)}`)];
}

function comparable({ location, openedAt, ...file }: OpenFile): string {
  const flat = { ...file, user: file.user?.name ?? null, session: file.session?.sessionGlobalId ?? null };
  return JSON.stringify(flat, [...Object.keys(flat), 'kind', 'state'].sort());
}

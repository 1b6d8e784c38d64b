import {
  type FileCloseOutcome,
  type FileCloser,
  type FileList,
  type FileLocation,
  type FileSource,
  formatFileLocation,
  type OpenFile,
  type PlannedFileClose,
} from '../../src/sessions/index.ts';
import { someSession } from './sessions.ts';

/** An open file with plain values: alice reads it, and what a test says otherwise. */
export function someFile(shareFileId: number, changes: Partial<OpenFile> = {}): OpenFile {
  const { location, user, channels } = someSession(1);
  return {
    location: {
      instance: 1,
      file: { device: 2049n, inode: 77n, extension: 0n },
      pid: 4711,
      uniqueId: 99n,
      shareFileId: BigInt(shareFileId),
      openedMicros: 1_795_556_400_000_000,
    },
    path: `/srv/docs/file ${shareFileId}.txt`,
    servicePath: '/srv/docs',
    stream: null,
    isDirectory: null,
    isDeleteOnClose: false,
    accessMask: 0x0012_0089,
    shareAccess: 7,
    caching: { kind: 'none' },
    openedAt: 1_795_556_400_000_000,
    numByteRangeLocks: 0,
    uid: 20_001,
    user,
    session: location,
    sessionCertainty: 'exact',
    shareName: 'docs',
    client: channels[0].client.address,
    isDurable: false,
    isDisconnected: false,
    ...changes,
  };
}

/** FILE_WRITE_DATA besides what a reader asks for. */
export const writing = 0x0012_008b;

/** A file of a session that is not known, by uid alone, whose client has gone. */
export function strayFile(shareFileId: number): OpenFile {
  const { location } = someFile(shareFileId);
  return someFile(shareFileId, {
    location: { ...location, pid: 0, uniqueId: 0n },
    user: null,
    session: null,
    sessionCertainty: 'unknown',
    shareName: null,
    client: null,
    caching: { kind: 'lease', state: 3 },
    isDurable: true,
    isDisconnected: true,
  });
}

/** A source of these files, complete; those that end in `/` are told to be directories once that is asked for. */
export function fileSourceOf(files: readonly OpenFile[], changes: Partial<FileList['parts'][0]> = {}): FileSource {
  const part = {
    instance: 1,
    node: null,
    takenAt: 1_795_556_500_000_000,
    verdict: 'complete',
    problems: [],
    recording: null,
    ...changes,
  } as const;
  return {
    files: async () => ({ parts: [part], files }),
    resolveKinds: async (some) => some.map((file) => ({ ...file, isDirectory: file.path.endsWith('folder') })),
  };
}

/** What a closer in memory was told to do. */
export interface TestFileCloser extends FileCloser {
  readonly planned: string[];
  readonly closed: string[];
  readonly reasons: (string | undefined)[];
}

/** A closer of these files, which closes them at once, and what a test says otherwise of their plan and outcome. */
export function fileCloserOf(
  files: readonly OpenFile[],
  costs: Partial<PlannedFileClose> = {},
  outcome: (location: FileLocation) => Partial<FileCloseOutcome> = () => ({}),
): TestFileCloser {
  const open = new Map(files.map((file) => [formatFileLocation(file.location), file]));
  const closer: TestFileCloser = {
    planned: [],
    closed: [],
    reasons: [],
    plan: async (locations) => {
      closer.planned.push(...locations.map(formatFileLocation));
      const closes = locations.map((location): PlannedFileClose => {
        const file = open.get(formatFileLocation(location));
        const isThere = file !== undefined;
        return {
          location,
          file: file ?? null,
          notClosable: isThere ? null : 'gone',
          numOthers: isThere ? open.size - 1 : 0,
          ...(isThere && costs),
        };
      });
      return { madeAt: 1_795_556_500_000_000, closes, problems: [] };
    },
    async *close({ closes }, { signal, reason }) {
      closer.reasons.push(reason);
      for (const { location, notClosable } of closes) {
        const name = formatFileLocation(location);
        if (signal?.aborted) {
          yield { location, result: 'failed', message: 'given up', tookMs: null };
        } else if (notClosable === null && open.delete(name)) {
          closer.closed.push(name);
          yield { location, result: 'closed', message: '', tookMs: 2, ...outcome(location) };
        } else {
          yield { location, result: 'gone', message: 'already gone', tookMs: null };
        }
      }
    },
  };
  return closer;
}

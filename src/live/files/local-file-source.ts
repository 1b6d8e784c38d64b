import { setTimeout as sleep } from 'node:timers/promises';
import { type FileList, type FileSource, now, type OpenFile, type Problem } from '../../sessions/index.ts';
import { ServerProblem } from '../database.ts';
import type { LocalSource } from '../local-source.ts';
import type { Joined, SambaServer } from '../samba-server.ts';
import { resolveKinds } from './file-kinds.ts';
import { FileOwners } from './file-owners.ts';
import type { FileRows } from './file-tables.ts';
import { joinFiles } from './join-files.ts';
import { Looks } from './looks.ts';
import { SharePaths } from './share-paths.ts';

/** While smbd starts, its files are empty or half made for some milliseconds. */
const startingMs = 1000;
const startingStepMs = 25;
/** So often in a row a server may be found elsewhere than a moment ago. */
const maxMoves = 3;

export interface LocalFileSourceOptions {
  /** The instance's number in locations. */
  readonly instance: number;
  /** Where its sessions come from: what is known of the server is kept once. */
  readonly source: LocalSource;
}

/** The files that a Samba server on this machine has open, read from its own databases. */
export class LocalFileSource implements FileSource {
  private readonly options: LocalFileSourceOptions;
  private readonly looks = new Looks();
  /** The last list, and what it was made from. */
  private last: { readonly rows: FileRows; readonly joined: Joined; readonly files: readonly OpenFile[] } | undefined;
  private known: { readonly server: SambaServer; readonly sharePaths: SharePaths } | undefined;

  constructor(options: LocalFileSourceOptions) {
    this.options = options;
  }

  async files(): Promise<FileList> {
    const deadline = performance.now() + startingMs;
    for (;;) {
      const list = await this.read();
      const isStarting = list.parts[0]!.problems.some(({ code }) => code === 'TDB_TRUNCATED');
      if (!isStarting || performance.now() >= deadline) return list;
      await sleep(startingStepMs);
    }
  }

  async resolveKinds(files: readonly OpenFile[]): Promise<readonly OpenFile[]> {
    const { instance, source } = this.options;
    const own = files.filter(({ location }) => location.instance === instance);
    if (source.lastRead === null || own.length === 0) return files;
    const resolved = await resolveKinds(own, source.lastRead.instance.root, this.looks);
    const byFile = new Map(own.map((file, i) => [file, resolved[i]!]));
    return files.map((file) => byFile.get(file) ?? file);
  }

  /** What is open first, whose it is last: whoever has something open is there then, or has ended. */
  private async read(): Promise<FileList> {
    const { source } = this.options;
    let problems: readonly Problem[] = [];
    for (let moves = 0; moves < maxMoves; moves++) {
      const server = source.lastRead;
      const takenAt = now();
      const rows = server === null ? undefined : attempt(() => server.files.read());
      const [part] = (await source.refresh()).parts;
      problems = part!.problems;
      if (source.lastRead === null) break;
      if (source.lastRead !== server) continue;
      if (rows instanceof ServerProblem) {
        problems = [rows.problem];
        break;
      }
      const files = await this.join(server, rows!, server.lastRows!);
      return this.list(files, takenAt, [...problems, ...rows!.problems]);
    }
    return this.list([], null, problems.map(sayNoFallback));
  }

  /** What has not changed is not joined again. */
  private async join(server: SambaServer, rows: FileRows, joined: Joined): Promise<readonly OpenFile[]> {
    const { last } = this;
    if (last !== undefined && last.joined === joined && isSame(last.rows, rows)) return last.files;
    const sharePaths = this.sharePathsOf(server);
    await sharePaths.lookAt(servicePathsOf(rows), this.looks);
    const files = joinFiles(rows, {
      instance: this.options.instance,
      rows: joined,
      sessions: joined.list,
      owners: new FileOwners(rows.shareModes, joined, server.instance.forcedShares),
      sharePaths,
      lives: (serverId) => joined.liveness.lives(serverId),
      openNow: once(() => {
        const state = attempt(() => server.files.shareModes.refresh());
        return state instanceof ServerProblem ? rows.shareModes : state.records;
      }),
    });
    this.last = { rows, joined, files };
    return files;
  }

  /** Anew where the server has been located anew, as when its configuration has changed. */
  private sharePathsOf(server: SambaServer): SharePaths {
    if (this.known?.server !== server) this.known = { server, sharePaths: new SharePaths(server.instance) };
    return this.known.sharePaths;
  }

  private list(files: readonly OpenFile[], takenAt: number | null, problems: readonly Problem[]): FileList {
    const verdict = problems.length === 0 && takenAt !== null ? 'complete' : 'partial';
    return {
      parts: [{ instance: this.options.instance, node: null, takenAt, verdict, problems, recording: null }],
      files,
    };
  }
}

/** A table that did not change is the same object. */
function isSame(a: FileRows, b: FileRows): boolean {
  return a.shareModes === b.shareModes && a.locks === b.locks && a.leases === b.leases;
}

function servicePathsOf({ shareModes }: FileRows): Set<string> {
  const paths = new Set<string>();
  for (const { value } of shareModes.values())
    if (value !== undefined && value.data !== null) paths.add(value.data.servicePath);
  return paths;
}

function once<T>(read: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => {
    kept ??= { value: read() };
    return kept.value;
  };
}

function attempt<T>(read: () => T): T | ServerProblem {
  try {
    return read();
  } catch (error) {
    if (error instanceof ServerProblem) return error;
    throw error;
  }
}

function sayNoFallback({ code, message }: Problem): Problem {
  const isUnknown = code === 'RECORD_LAYOUT_UNKNOWN';
  return { code, message: isUnknown ? `${message}; open files are not asked of smbstatus` : message };
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SambaInstance } from '../samba/conf/index.ts';
import {
  type FileList,
  type FileSource,
  type Full,
  type Instant,
  moveSession,
  now,
  type OpenFile,
  type Part,
  type Session,
  type SessionSource,
  toIso,
} from '../sessions/index.ts';
import { LocalFileSource } from './files/index.ts';
import { LocalSource } from './local-source.ts';

export interface RecordedSourceOptions {
  /** The instance's number in locations. */
  readonly instance: number;
  /** Holds `recording.json`, and one folder for each of its frames. */
  readonly folder: string;
  /** The clock. Default: the system's. */
  readonly now?: () => Instant;
}

/**
 * `recording.json`. Each frame's folder holds the server's session files and its `msg.lock` at one moment, and those of its
 * open files where they were recorded.
 */
interface Recording {
  /** Of the Samba that was recorded. */
  readonly release: string;
  /** When the first frame was taken: ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly stepSeconds: number;
  readonly frames: readonly string[];
}

/** What the sessions of one loop over the recording are moved by, and what came of it. */
interface Moved {
  readonly of: readonly Session[];
  readonly byMicros: number;
  readonly sessions: readonly Session[];
}

/**
 * Plays the files of a real server that were copied some time ago, over and over: each frame is read as those of a
 * running server are. Instants are moved to now, so that ages are those of the recording; locations stay as recorded.
 */
export class RecordedSource implements SessionSource, FileSource, Disposable {
  private readonly options: Required<RecordedSourceOptions>;
  private readonly recording: Recording;
  private readonly startedAt: Instant;
  private frame = -1;
  private reader: LocalSource | undefined;
  private moved: Moved | undefined;

  /** @throws Error where the folder holds no recording */
  constructor(options: RecordedSourceOptions) {
    this.options = { now, ...options };
    this.recording = readRecording(options.folder);
    this.startedAt = this.options.now();
  }

  async refresh(): Promise<Full> {
    const { frame, byMicros } = this.frameNow();
    const { sessions, parts } = await this.readerOf(frame).refresh();
    return { kind: 'full', parts: parts.map((part) => this.label(part)), sessions: this.move(sessions, byMicros) };
  }

  async files(): Promise<FileList> {
    const { frame, byMicros } = this.frameNow();
    const reader = this.readerOf(frame);
    if (!existsSync(join(this.folderOf(frame), 'locking.tdb'))) {
      const { parts } = await reader.refresh();
      return { parts: parts.map((part) => withoutFiles(this.label(part))), files: [] };
    }
    const { files, parts } = await new LocalFileSource({ instance: this.options.instance, source: reader }).files();
    const moved = files.map((file) => ({ ...file, openedAt: file.openedAt + byMicros }));
    return { parts: parts.map((part) => this.label(part)), files: moved };
  }

  /** They are not on this machine. */
  async resolveKinds(files: readonly OpenFile[]): Promise<readonly OpenFile[]> {
    return files;
  }

  [Symbol.dispose](): void {
    this.reader?.[Symbol.dispose]();
    this.reader = undefined;
    this.frame = -1;
  }

  /** The frame of this moment, and what the times in it are to be moved by. */
  private frameNow(): { readonly frame: number; readonly byMicros: number } {
    const { frames, stepSeconds, recordedAt } = this.recording;
    const stepMicros = stepSeconds * 1_000_000;
    const step = Math.floor(Math.max(0, this.options.now() - this.startedAt) / stepMicros);
    const loop = Math.floor(step / frames.length);
    const loopStartedAt = this.startedAt + loop * frames.length * stepMicros;
    return { frame: step % frames.length, byMicros: loopStartedAt - Date.parse(recordedAt) * 1000 };
  }

  private folderOf(frame: number): string {
    return join(this.options.folder, this.recording.frames[frame]!);
  }

  private label(part: Part): Part {
    return { ...part, recording: describe(this.recording) };
  }

  private readerOf(frame: number): LocalSource {
    if (this.reader !== undefined && this.frame === frame) return this.reader;
    this[Symbol.dispose]();
    const lockDirectory = this.folderOf(frame);
    this.frame = frame;
    this.reader = new LocalSource({ instance: this.options.instance, locate: () => stoppedServer(lockDirectory) });
    return this.reader;
  }

  /** Unchanged sessions stay the same objects. */
  private move(sessions: readonly Session[], byMicros: number): readonly Session[] {
    if (this.moved?.of !== sessions || this.moved.byMicros !== byMicros) {
      this.moved = { of: sessions, byMicros, sessions: sessions.map((session) => moveSession(session, byMicros)) };
    }
    return this.moved.sessions;
  }
}

/** A server that is known by its files alone: its processes are those that `msg.lock` names. */
function stoppedServer(lockDirectory: string): SambaInstance {
  return {
    pid: null,
    smbConfPath: null,
    root: '',
    lockDirectory,
    isClustered: false,
    sharesPidNamespace: false,
    netbiosName: '',
    isDomainMember: false,
    forcedShares: new Set(),
    confFiles: [],
  };
}

function withoutFiles(part: Part): Part {
  const problem = { code: 'RECORDING_SESSIONS_ONLY', message: 'only the sessions of this server were recorded' };
  return { ...part, verdict: 'partial', problems: [...part.problems, problem] };
}

function describe({ release, recordedAt }: Recording): string {
  return `a recording of Samba ${release}, made ${toIso(Date.parse(recordedAt) * 1000).slice(0, 10)}, not a running server`;
}

function readRecording(folder: string): Recording {
  const path = join(folder, 'recording.json');
  let recording: Recording;
  try {
    recording = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${folder} holds no recording: ${(error as Error).message}`);
  }
  const { recordedAt, stepSeconds, frames } = recording;
  if (Number.isNaN(Date.parse(recordedAt)) || !(stepSeconds > 0) || !(frames?.length > 0)) {
    throw new Error(`${path} lacks a time, a step or frames`);
  }
  return recording;
}

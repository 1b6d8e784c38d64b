import type { LocalSource } from '../../src/live/index.ts';
import type { Expected, Findings } from './answer-check.ts';
import type { MemorySample } from './memory.ts';

/** What both readers are told. */
export interface ReaderOptions {
  readonly smbConf: string;
  readonly expected: Expected;
  /** The parent smbd, by our pid. */
  readonly smbdPid: number;
  /** How long a dead process may still be listed. */
  readonly graceMs: number;
  /** Between two questions, on the average. */
  readonly pauseMs: number;
  readonly seed: number;
}

export interface ApiReaderOptions extends ReaderOptions {
  readonly url: string;
  readonly token: string;
  readonly servePid: number;
}

export interface LocalReport {
  readonly findings: Findings;
  readonly stats: LocalSource['stats'];
  readonly memory: MemorySample | null;
}

export interface ApiReport {
  /** Of `/smbwho/v1/sessions`. */
  readonly own: Findings;
  /** Of `/v1/smb/sessions/`. */
  readonly contract: Findings;
  /** Of `smbwho serve`. */
  readonly memory: MemorySample | null;
}

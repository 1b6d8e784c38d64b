import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { SmbstatusError } from './error.ts';

/** What a run may take. */
export interface SmbstatusLimits {
  /** Of its address space. */
  readonly memoryBytes: number;
  readonly timeoutMs: number;
}

/** 1 GB of smbstatus's memory makes less. */
const maxAnswerBytes = 32 * 1024 * 1024;
/** Of what it says on stderr. */
const maxComplaintBytes = 4096;

/** Nothing of ours is handed on; times are in UTC. */
const env = { PATH: '/usr/local/samba/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', TZ: 'UTC' };

/**
 * Runs a command under limits and gives what it writes to stdout. It is one process, however many words stand before the
 * program, and the kernel ends it with us. It has ended for sure when this returns.
 *
 * @param stop ends it before its time
 * @throws SmbstatusError
 */
export async function runLimited(
  command: readonly string[],
  { memoryBytes, timeoutMs }: SmbstatusLimits,
  stop: AbortSignal,
): Promise<string> {
  if (stop.aborted) throw stopped();
  const cpuSeconds = Math.ceil(timeoutMs / 1000) + 1;
  // Essential packages of Debian have both; each becomes the next, so that no shell stands between.
  const words = ['--pdeathsig', 'KILL', 'prlimit', `--as=${memoryBytes}`, '--core=0', `--cpu=${cpuSeconds}`];
  const timeout = AbortSignal.timeout(timeoutMs);
  const child = spawn('setpriv', [...words, ...command], {
    cwd: '/',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([stop, timeout]),
    killSignal: 'SIGKILL',
  });
  const answer = collect(child.stdout, maxAnswerBytes, () => child.kill('SIGKILL'));
  const complaint = collect(child.stderr, maxComplaintBytes);
  const { code, signal } = await new Promise<Ending>((resolve, reject) => {
    // Nobody reads on what a child of its own might still write.
    child.once('exit', (_, signal) => {
      if (signal === 'SIGKILL') for (const stream of [child.stdout, child.stderr]) stream.destroy();
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.name !== 'AbortError') reject(unavailable(`setpriv can't be run: ${error.code ?? error.message}`));
    });
  });
  if (stop.aborted) throw stopped();
  if (timeout.aborted) {
    const message = `smbstatus did not answer within ${timeoutMs / 1000} s (--fallback-timeout)`;
    throw new SmbstatusError('SMBSTATUS_TOO_SLOW', message);
  }
  if (answer.isTooLong) {
    const message = `smbstatus has more to say than ${maxAnswerBytes / 1024 / 1024} MB`;
    throw new SmbstatusError('SMBSTATUS_TOO_LARGE', message);
  }
  judge({ code, signal }, complaint.text(), memoryBytes);
  return answer.text();
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What Samba, the C library and the loader say where there is no more memory; a crash of its own follows now and then. */
const memoryFailure =
  /NO_MEMORY|out of memory|cannot allocate|json_\w+: |failed to map segment|^malloc|INTERNAL ERROR|PANIC/im;
const crashes: readonly (string | null)[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS'];

/** It says 0 at its end even where it could not list all for lack of memory: its complaints are asked first. */
function judge({ code, signal }: Ending, complaint: string, memoryBytes: number): void {
  if (memoryFailure.test(complaint) || crashes.includes(signal)) {
    const message = `smbstatus did not manage with ${memoryBytes / 1024 / 1024} MB (--fallback-memory); it takes more with the square of the number of sessions`;
    throw new SmbstatusError('SMBSTATUS_TOO_LARGE', message);
  }
  if (code === 0) return;
  const said = complaint.trim().split('\n')[0]!.slice(0, 200);
  if (code === 126 || code === 127) throw unavailable(`smbstatus can't be run: ${said}`);
  const ending = signal === null ? `status ${code}` : `signal ${signal}`;
  throw new SmbstatusError('SMBSTATUS_FAILED', `smbstatus ended with ${ending}: ${said}`);
}

function stopped(): SmbstatusError {
  return new SmbstatusError('SMBSTATUS_STOPPED', 'smbwho ends, and smbstatus with it');
}

function unavailable(message: string): SmbstatusError {
  return new SmbstatusError('SMBSTATUS_UNAVAILABLE', message);
}

/** Keeps what a stream says, up to a length. */
function collect(stream: Readable, maxBytes: number, onTooLong: () => void = () => undefined) {
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (lengthBytes <= maxBytes) chunks.push(chunk);
    lengthBytes += chunk.length;
    if (lengthBytes > maxBytes) onTooLong();
  });
  return {
    text: () => Buffer.concat(chunks).toString('utf8'),
    get isTooLong() {
      return lengthBytes > maxBytes;
    },
  };
}

import { DecodeError } from '../bytes/index.ts';
import { exchange, WinbindError } from './connection.ts';
import { encodeRequest, parseResponse, type Request, type Response } from './protocol.ts';

/** As many requests are under way at once; the others wait. winbindd keeps a process for each domain, so more gain little. */
const maxParallel = 4;

export interface WinbindOptions {
  /** Of the socket itself, as a path of ours. */
  readonly socketPath: string;
  /** After no answer, nobody waits for one again for so long. Default: 5 s. */
  readonly pauseMs?: number;
  /** One that answers nothing for less than this does not hang. Default: 0.5 s. */
  readonly fairMs?: number;
}

/**
 * Asks one winbindd. One that hangs is waited for once: until a pause is over all are refused at once, then one request
 * finds out whether it answers again.
 */
export class WinbindClient {
  private readonly options: Required<WinbindOptions>;
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  /** Until when it is not asked, by the clock of `performance`; 0 where it answered last. */
  private pausedUntil = 0;
  private isProbing = false;

  constructor(options: WinbindOptions) {
    this.options = { pauseMs: 5000, fairMs: 500, ...options };
  }

  /**
   * @param deadlineMs when the answer must be there, by the clock of `performance`
   * @param read takes what is wanted from the answer
   * @returns null where winbindd says no
   * @throws WinbindError
   */
  async ask<T>(request: Request, deadlineMs: number, read: (response: Response) => T): Promise<T | null> {
    const bytes = encodeRequest(request);
    if (bytes === null) return null;
    await this.enter();
    try {
      this.checkPause();
      if (performance.now() >= deadlineMs)
        throw new WinbindError('failed', 'winbindd was too busy to be asked in time');
      this.isProbing = this.pausedUntil !== 0;
      return await this.exchange(bytes, deadlineMs, read);
    } finally {
      this.leave();
    }
  }

  private async exchange<T>(bytes: Buffer, deadlineMs: number, read: (response: Response) => T): Promise<T | null> {
    const { socketPath, pauseMs, fairMs } = this.options;
    const timeoutMs = deadlineMs - performance.now();
    try {
      const response = parseResponse(await exchange(socketPath, bytes, timeoutMs));
      const result = response === null ? null : read(response);
      this.pausedUntil = 0;
      return result;
    } catch (error) {
      const failure = error instanceof DecodeError ? new WinbindError('failed', error.message) : error;
      const isAbsent = failure instanceof WinbindError && failure.kind === 'absent';
      if (isAbsent) this.pausedUntil = 0;
      // One that came with the last of its time tells nothing of winbindd: the others are not to pay for it.
      else if (timeoutMs >= fairMs) this.pausedUntil = performance.now() + pauseMs;
      throw failure;
    } finally {
      this.isProbing = false;
    }
  }

  private checkPause(): void {
    if (this.pausedUntil !== 0 && (this.isProbing || performance.now() < this.pausedUntil)) {
      throw new WinbindError('failed', 'winbindd did not answer a moment ago');
    }
  }

  private async enter(): Promise<void> {
    this.checkPause();
    if (this.running === maxParallel) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
  }

  /** Hands the place on. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running--;
    else next();
  }
}

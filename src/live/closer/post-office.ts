import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KernelError, sendDatagram } from '../../kernel/index.ts';
import { messageFolders } from '../../samba/conf/index.ts';
import type { ServerId } from '../../samba/records/index.ts';
import type { SambaServer } from '../samba-server.ts';

/** What became of a message. */
export interface Posting {
  /** `full`: its receiver has not taken messages for some time. `dead`: there is no such process any more. */
  readonly verdict: 'sent' | 'full' | 'dead' | 'denied' | 'failed' | 'aborted';
  /** In words, where it was not sent. */
  readonly reason: string;
}

/** A process that has taken no message for so long takes none. */
const patienceMs = 1000;
const retryMs = 2;

/** One process's queue, which holds 10 messages or so. */
interface Mailbox {
  /** The end of the message before. */
  turn: Promise<unknown>;
  /** Since when it takes none, by the clock of `performance`. */
  fullSinceMs: number | null;
}

/** Sends messages to the processes of one server, to each in turn, and waits for none that does not take them. */
export class PostOffice {
  private readonly server: SambaServer;
  private readonly signal: AbortSignal;
  private readonly mailboxes = new Map<number, Mailbox>();
  private folders: readonly string[];

  /** @param signal once it is aborted, nothing more is sent */
  constructor(server: SambaServer, signal: AbortSignal) {
    this.server = server;
    this.signal = signal;
    this.folders = messageFolders(server.instance);
  }

  /** Sends a message to a process that lives: looked at just before, since another may get its pid. */
  async post(to: ServerId, message: Buffer): Promise<Posting> {
    let mailbox = this.mailboxes.get(to.pid);
    if (mailbox === undefined) {
      mailbox = { turn: Promise.resolve(), fullSinceMs: null };
      this.mailboxes.set(to.pid, mailbox);
    }
    const box = mailbox;
    const posting = box.turn.then(() => this.deliver(to, message, box));
    box.turn = posting.catch(() => undefined); // the next message has its own fate
    return posting;
  }

  private async deliver(to: ServerId, message: Buffer, box: Mailbox): Promise<Posting> {
    for (;;) {
      if (this.signal.aborted) return { verdict: 'aborted', reason: 'given up before anything was sent' };
      if (!this.server.livesNow(to)) return dead(to);
      const posting = await this.tryFolders(to, message);
      if (posting.verdict !== 'full') {
        box.fullSinceMs = null;
        return posting;
      }
      box.fullSinceMs ??= performance.now();
      if (performance.now() - box.fullSinceMs >= patienceMs) return posting;
      await sleep(retryMs);
    }
  }

  private async tryFolders(to: ServerId, message: Buffer): Promise<Posting> {
    for (const folder of this.folders) {
      const path = join(folder, String(to.pid));
      const posting = await send(path, message);
      if (posting === null) continue;
      this.folders = [folder, ...this.folders.filter((other) => other !== folder)];
      return posting;
    }
    if (!this.server.livesNow(to)) return dead(to);
    const reason = `smbd ${to.pid} has no socket in ${this.folders.join(' or ')}`;
    return { verdict: 'failed', reason };
  }
}

function dead({ pid }: ServerId): Posting {
  return { verdict: 'dead', reason: `smbd ${pid}, which served it, has ended` };
}

/** @returns null where there is no such socket, or nobody receives at it */
async function send(path: string, message: Buffer): Promise<Posting | null> {
  try {
    const { verdict, error } = await sendDatagram(path, message);
    switch (verdict) {
      case 'sent':
        return { verdict, reason: '' };
      case 'absent':
        return null;
      case 'full':
        return { verdict, reason: `the message queue at ${path} is full: its smbd is stopped or overloaded` };
      case 'denied':
        return {
          verdict,
          reason: `no message can be sent to ${path}: ${error}; run as root, or with the capability CAP_DAC_READ_SEARCH`,
        };
      default:
        return { verdict, reason: `no message can be sent to ${path}: ${error}` };
    }
  } catch (error) {
    if (error instanceof KernelError) return { verdict: 'failed', reason: `${error.code}: ${error.message}` };
    throw error;
  }
}

import type { CloseResult } from '../../sessions/index.ts';
import type { Posting } from './post-office.ts';

/** What a close comes to whose message was not sent. */
export const unsentResults = {
  full: 'unresponsive',
  dead: 'gone',
  denied: 'denied',
  failed: 'failed',
  aborted: 'failed',
} as const satisfies Record<Exclude<Posting['verdict'], 'sent'>, CloseResult>;

import type { OpenAuditLog } from '../access/index.ts';
import type { Api } from '../api/index.ts';

const pauseMs = 3_600_000;

/**
 * Logs now and once an hour where the record ends: against a log that is kept elsewhere, it can't be rewritten. Where what is
 * old can't be cut off, that too.
 */
export function logHead(app: Api, audit: Pick<OpenAuditLog, 'head'>): Disposable {
  const lines = app.log.child({ operation: 'audit_head' }, { level: 'info' });
  const log = async () => {
    try {
      const { seq, hash, cutFailure } = await audit.head();
      lines.info({ seq, hash }, 'audit_head');
      if (cutFailure !== null)
        lines.error({ operation: 'audit_cut', result: 'failed', message: cutFailure }, 'audit_cut');
    } catch (error) {
      lines.error(error);
    }
  };
  const timer = setInterval(log, pauseMs).unref();
  log();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

import type { OpenAuditLog } from '../access/index.ts';
import type { Api } from '../api/index.ts';

const pauseMs = 3_600_000;

/** Logs now and once an hour where the record ends: against a log that is kept elsewhere, it can't be rewritten. */
export function logHead(app: Api, audit: Pick<OpenAuditLog, 'head'>): Disposable {
  const lines = app.log.child({ operation: 'audit_head' }, { level: 'info' });
  const log = async () => {
    try {
      const { seq, hash } = await audit.head();
      lines.info({ seq, hash }, 'audit_head');
    } catch (error) {
      lines.error(error);
    }
  };
  const timer = setInterval(log, pauseMs).unref();
  log();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

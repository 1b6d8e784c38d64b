import { type AuditStore, openAuditStore } from '../access/index.ts';
import { AccessError, type AuditLog } from '../sessions/index.ts';

/**
 * The record of a state folder, for what is done without a server. It is opened when it is first needed: who only looks needs no record, nor a disk with space.
 *
 * @param stateFolder undefined: nothing can be recorded
 */
export function localLog(stateFolder: string | undefined): AuditLog & Disposable {
  let store: AuditStore | undefined;
  return {
    append: async (events) => {
      store ??= open(stateFolder);
      return store.append(events);
    },
    [Symbol.dispose]: () => store?.[Symbol.dispose](),
  };
}

function open(stateFolder: string | undefined): AuditStore {
  try {
    if (stateFolder === undefined) throw new Error('no state folder is named');
    // What is old is cut off by a server, which knows how long it is to be kept.
    return openAuditStore(stateFolder, { retentionDays: null });
  } catch (error) {
    const message = `it can't be recorded, and so nothing was done: ${(error as Error).message}`;
    throw new AccessError('AUDIT_UNWRITABLE', message, { cause: error });
  }
}

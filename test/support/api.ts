import { type Api, type AppOptions, buildApp } from '../../src/api/index.ts';
import type { AuditEvent, AuditLog, Principal } from '../../src/sessions/index.ts';
import { fileCloserOf, fileSourceOf } from './files.ts';
import { closerOf, emptyDirectory, sourceOf } from './sessions.ts';

/** An app that knows no session, no file and nobody, on plain HTTP, and what a test says otherwise. */
export function buildTestApp(changes: Partial<AppOptions> = {}): Promise<Api> {
  return buildApp({
    source: sourceOf([]),
    directory: emptyDirectory,
    closer: closerOf([]),
    files: fileSourceOf([]),
    fileCloser: fileCloserOf([]),
    shares: { shares: async () => ({ parts: [], shares: [] }) },
    audit: memoryAudit(),
    verifier: { verify: async () => null },
    logins: { logIn: async () => null, logOut: async () => false },
    accounts: { list: () => [] },
    tokens: {
      list: () => [],
      preview: () => {
        throw new Error('this test makes no tokens');
      },
      draft: () => {
        throw new Error('this test makes no tokens');
      },
      revoke: async () => false,
    },
    closeLimit: null,
    build: { version: '0.0.0', date: '2026-01-01' },
    tls: null,
    hosts: { names: [], anyAddress: false },
    trustedProxies: [],
    isLocal: false,
    logger: null,
    ...changes,
  });
}

/** Knows these texts as tokens. */
export function verifierOf(principals: Readonly<Record<string, Principal>>): AppOptions['verifier'] {
  return { verify: async (token) => principals[token] ?? null };
}

/** A record in memory. */
export interface MemoryAudit extends AuditLog {
  readonly events: AuditEvent[];
}

/** @param refuse throws where an event can't be recorded */
export function memoryAudit(refuse: (event: AuditEvent) => void = () => undefined): MemoryAudit {
  const events: AuditEvent[] = [];
  return {
    events,
    append: async (added) => {
      added.forEach(refuse);
      return added.map((event) => ({ seq: events.push(event), hash: 'f'.repeat(64) }));
    },
  };
}

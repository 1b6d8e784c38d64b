export type { SessionSummary } from './held-session.ts';
export { type HoldOptions, holdSessions, type Load } from './load.ts';

/** @module Visitors of many kinds on a private Samba, and what they have open. */
export { type ExpectedOpen, matchOpens, type OpenFiles } from './match-opens.ts';
export { openFiles, serverOfFiles } from './open-files.ts';
export type { Visit } from './visit.ts';
export { inviteVisitors, type Visitors, visitedServer } from './visitors.ts';

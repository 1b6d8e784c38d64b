/** @module Visitors of many kinds on a private Samba. */
export type { Visit } from './visit.ts';
export { inviteVisitors, type Visitors, visitedServer } from './visitors.ts';

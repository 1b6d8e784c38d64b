/** @module Visitors of many kinds on a private Samba. */
export { inviteVisitors, type Visit, type Visitors, visitedServer } from './visitors.ts';

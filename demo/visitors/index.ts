/** @module A server for everybody to look at, and the visitors who come to it. */
export { type Invitation, inviteVisitors } from './crowd.ts';
export { demoServer } from './server.ts';

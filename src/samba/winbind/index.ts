/** @module Accounts beyond the live sessions: the server's passwd file. */
export { isInPasswd } from './passwd.ts';

/** @module Samba releases to test with, each in a Debian of its own. */
export { ensureSuite } from './ensure-suite.ts';
export { type Debian, type Release, releases, type Suite } from './releases.ts';
export { SuiteError, type SuiteErrorCode } from './suite-error.ts';

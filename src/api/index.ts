/** @module The HTTP API: the SMB session API of Qumulo Core, and the richer one under /smbwho/v1. */
export { type AppOptions, buildApp } from './app.ts';
export { errorStatus } from './errors.ts';

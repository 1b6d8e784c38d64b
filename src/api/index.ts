/** @module The HTTP API: the SMB session API of Qumulo Core, and the richer one under /smbwho/v1. */
export { type AppOptions, buildApp, renewCertificate } from './app.ts';
export { errorStatus } from './errors.ts';
export type { Api } from './services.ts';

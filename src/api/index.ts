/** @module The HTTP API: the contract of contract docs, and the richer one under /smbwho/v1. */
export { type AppOptions, buildApp } from './app.ts';
export { errorStatus } from './errors.ts';

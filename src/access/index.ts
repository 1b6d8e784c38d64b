/** @module Who may: the token of a state folder, and the server's certificate. */
export { ensureCertificate, type KeyPair } from './certificate.ts';
export { ensureToken, verifyOneToken } from './token-file.ts';

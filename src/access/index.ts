/** @module Who may, and within which limits: accounts, tokens and certificate of a state folder. */
export { type Access, openAccess } from './access.ts';
export { verifyExport } from './audit/audit-export.ts';
export { type OpenAuditLog, openAuditLog } from './audit/audit-log.ts';
export { type AuditFilter, type AuditReader, openAuditReader } from './audit/audit-reader.ts';
export { type AuditOptions, type AuditStore, openAuditStore } from './audit/audit-store.ts';
export { auditCloses, auditFileCloses, auditFilePlans, auditPlans } from './audit/audited-closer.ts';
export type { Ends } from './audit/chain.ts';
export { type AuditFields, logAudit } from './audit/logged-audit.ts';
export { ensureCertificate, type KeyPair, readCertificate } from './certificate.ts';
export type { FirstToken } from './first-token.ts';
export { limitCloser } from './limited-closer.ts';
export { limitFileCloser, limitFileSource } from './limited-files.ts';
export { limitShares } from './limited-shares.ts';
export { limitSource } from './limited-source.ts';
export { type LimitsWish, parseLimits } from './limits.ts';
export { doRecorded, type Intent } from './recorded.ts';

/** @module What a session is: the domain, pure. No bytes, no I/O, no HTTP. */

export {
  type AccessToken,
  type AccountName,
  type AccountStore,
  builtInRoles,
  type Limits,
  type LocalAccount,
  type Logins,
  type Principal,
  type Privilege,
  privileges,
  type Roles,
  type TokenCreator,
  type TokenDraft,
  type TokenPreview,
  type TokenStore,
  type TokenVerifier,
  type TokenWish,
} from './access.ts';
export { AccessError, type AccessErrorCode } from './access-error.ts';
export {
  type AccessTokenJson,
  type AuditEntryJson,
  describeWish,
  type LocalAccountJson,
  toAccessTokenJson,
  toAuditEntryJson,
  toLocalAccountJson,
} from './access-json.ts';
export {
  type Actor,
  type AuditCost,
  type AuditEntry,
  type AuditEvent,
  type AuditLog,
  type AuditOperation,
  type AuditReceipt,
  auditOperations,
} from './audit.ts';
export {
  type CloseOptions,
  type CloseOutcome,
  type ClosePlan,
  type CloseResult,
  type Closer,
  type CloseWarning,
  type CloseWarningCode,
  describeWriting,
  isFromSmbstatus,
  type NotClosable,
  type PlannedClose,
  type PlannedFile,
  toConfirm,
} from './close.ts';
export {
  type CloseOutcomeJson,
  type ClosePlanJson,
  fromCloseOutcomeJson,
  fromClosePlanJson,
  toCloseOutcomeJson,
  toClosePlanJson,
  toPlannedCloseJson,
} from './close-json.ts';
export type { Diagnosis, Finding, InstanceDiagnosis } from './diagnosis.ts';
export { durationForm, parseDuration } from './duration.ts';
export {
  describeFilesWritten,
  type FileCloseOutcome,
  type FileClosePlan,
  type FileCloser,
  type FileNotClosable,
  filesToConfirm,
  type PlannedFileClose,
} from './file-close.ts';
export {
  type FileCloseOutcomeJson,
  type FileClosePlanJson,
  fromFileCloseOutcomeJson,
  fromFileClosePlanJson,
  toFileCloseOutcomeJson,
  toFileClosePlanJson,
  toPlannedFileCloseJson,
} from './file-close-json.ts';
export {
  type FileFilter,
  filterFiles,
  filterFilesByIdentity,
  ownerOf,
  parsePathPattern,
  pathPatternForm,
} from './file-filter.ts';
export {
  compareFileLocations,
  type FileId,
  type FileLocation,
  formatFileLocation,
  parseFileLocation,
} from './file-location.ts';
export { directoryAuthId, foldName, type Identity, type IdentityDomain, identityOf, uidAuthId } from './identity.ts';
export { filterByIdentity } from './identity-filter.ts';
export { findIdentity, type IdentityWanted } from './identity-find.ts';
export { formatIdentity, IdentityError, type IdentityQuery, parseIdentity } from './identity-query.ts';
export { clockOrigin, elapsedMicros, fromIso, type Instant, instantOf, lastInstant, now, toIso } from './instant.ts';
export { posixGroup, posixUser, wellKnownIdentity, windowsGroup } from './known-identity.ts';
export { compareLocations, formatLocation, type Location, parseLocation } from './location.ts';
export { moveSession } from './move-session.ts';
export { type Caching, type FileList, type FileSource, isOpenForWriting, type OpenFile } from './open-file.ts';
export { fromOpenFileJson, type OpenFileJson, toOpenFileJson } from './open-file-json.ts';
export { takePage } from './page.ts';
export type { Certainty, Channel, EncryptionLevel, Endpoint, Session, TreeConnect } from './session.ts';
export { filterSessions, idleClock, parseNetwork, type SessionFilter } from './session-filter.ts';
export {
  fromPartJson,
  fromSessionJson,
  type PartJson,
  type SessionJson,
  toPartJson,
  toSessionJson,
  userJson,
} from './session-json.ts';
export {
  type NetworkPermission,
  type Share,
  type ShareJson,
  type ShareList,
  type SharePermission,
  type ShareRight,
  type ShareSource,
  shareId,
  shareRights,
  toShareJson,
} from './share.ts';
export { canonicalSid } from './sid.ts';
export type {
  Account,
  Full,
  Lookup,
  Part,
  Problem,
  SessionSource,
  UserDirectory,
} from './source.ts';

/** @module What a session is: the domain, pure. No bytes, no I/O, no HTTP. */

export type { Diagnosis, Finding, InstanceDiagnosis } from './diagnosis.ts';
export { foldName, type Identity, type IdentityDomain, identityOf, uidAuthId } from './identity.ts';
export { filterByIdentity } from './identity-filter.ts';
export { IdentityError, type IdentityQuery, parseIdentity } from './identity-query.ts';
export { elapsedMicros, type Instant, now, toIso } from './instant.ts';
export { compareLocations, formatLocation, type Location, parseLocation } from './location.ts';
export { takePage } from './page.ts';
export type { Certainty, Channel, EncryptionLevel, Endpoint, Session, TreeConnect } from './session.ts';
export { filterSessions, parseNetwork, type SessionFilter } from './session-filter.ts';
export {
  fromPartJson,
  fromSessionJson,
  type PartJson,
  type SessionJson,
  toPartJson,
  toSessionJson,
  userJson,
} from './session-json.ts';
export { canonicalSid } from './sid.ts';
export type {
  Full,
  NameLookup,
  Part,
  Principal,
  Problem,
  SessionSource,
  TokenVerifier,
  UserDirectory,
} from './source.ts';

/**
 * A session's name for ever: instance, `session_global_id` and creation time as an NTTIME integer. The id is unique
 * among the sessions of a server or cluster, and with the creation time it is never used again.
 */
export interface Location {
  readonly instance: number;
  readonly sessionGlobalId: number;
  readonly creationTime: bigint;
}

/** `<instance>.<session_global_id>.<creation time>` in decimal digits. */
export function formatLocation({ instance, sessionGlobalId, creationTime }: Location): string {
  return `${instance}.${sessionGlobalId}.${creationTime}`;
}

const pattern = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,19})$/;

/** @returns null where the text is no location in the one form that `formatLocation` writes */
export function parseLocation(text: string): Location | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, instance, id, creationTime] = match;
  const location = { instance: Number(instance), sessionGlobalId: Number(id), creationTime: BigInt(creationTime!) };
  return location.sessionGlobalId <= 0xffff_ffff && location.creationTime < 2n ** 64n ? location : null;
}

/** Numeric order, the order of every list. */
export function compareLocations(a: Location, b: Location): number {
  if (a.instance !== b.instance) return a.instance - b.instance;
  if (a.sessionGlobalId !== b.sessionGlobalId) return a.sessionGlobalId - b.sessionGlobalId;
  return a.creationTime < b.creationTime ? -1 : a.creationTime > b.creationTime ? 1 : 0;
}

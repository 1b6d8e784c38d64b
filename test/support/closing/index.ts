/** @module What a close is tried on: sessions that write, and locations that are nobody's. */
export { type HoldWritersOptions, type Writer, Writers } from './writers.ts';
export { wrongFileLocations } from './wrong-file-locations.ts';
export { wrongLocations } from './wrong-locations.ts';

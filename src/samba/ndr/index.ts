/** @module NDR32 as Samba's pidl packs it into its databases. */
export { NdrCursor, nttimeToMicros } from './ndr-cursor.ts';

/** @module TDB files made byte by byte. */
export { idKey, type TdbImage, type TdbImageOptions, tdbImage } from './tdb-image.ts';

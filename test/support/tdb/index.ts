/** @module TDB files made byte by byte, and files that change while they are read. */
export {
  MovingFile,
  type Read,
  type ReadBuffers,
  Script,
  SlotTdb,
  type Step,
  torn,
  watchBuffers,
} from './moving-file.ts';
export { idKey, type TdbImage, type TdbImageOptions, tdbImage } from './tdb-image.ts';

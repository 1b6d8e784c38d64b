/** @module Messages to smbd processes: how they are encoded. Who carries them is not said here. */
export { encodeFileClose, type FileCloseForm } from './file-close.ts';
export { encodeSessionClose, type SessionNames } from './session-close.ts';

export type { ClosableServer } from './closable-server.ts';
export type { ClosableFileServer } from './file-plan.ts';
export { createCloser } from './local-closer.ts';
export { createFileCloser, fileCloserOfRecording } from './local-file-closer.ts';
export { closerOfRecording } from './recorded-closer.ts';

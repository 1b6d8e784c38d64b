export type { ClosableServer } from './closable-server.ts';
export { createCloser } from './local-closer.ts';
export { closerOfRecording } from './recorded-closer.ts';

export { LocalFileSource, type LocalFileSourceOptions } from './local-file-source.ts';
export { mergeFiles } from './merged-files.ts';

import { holdFiles } from './held-files.ts';

/** `main-files.ts OPTIONS`, in JSON: holds open files until it is ended, and prints a line once it has them. */
await holdFiles(JSON.parse(process.argv[2]!));
console.log('holding');
process.stdin.resume();

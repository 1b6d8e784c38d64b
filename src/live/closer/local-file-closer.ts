import { type FileCloser, type FileSource, formatFileLocation, now } from '../../sessions/index.ts';
import { carryOut } from './carry-out.ts';
import { fileNotClosed, fileOutcome } from './file-outcome.ts';
import { type ClosableFileServer, fileFinder, notClosableFile, planFileCloses } from './file-plan.ts';
import { ServerFileCloser } from './server-file-closer.ts';

/**
 * Closes single opens of files on these servers: each by one message to the smbd process that has it open, which names the
 * file and the open in that process, and only once that process pauses. Who stops asking for outcomes has nothing more
 * sent.
 */
export function createFileCloser(servers: readonly ClosableFileServer[]): FileCloser {
  return {
    plan: (locations) => planFileCloses(servers, locations),
    close: ({ closes }, options) =>
      carryOut(closes, options.signal, {
        begin: (signal, gate) => {
          const closers = new Map(
            servers.map(({ instance, source }) => [instance, new ServerFileCloser(source, signal)]),
          );
          return async ({ location, notClosable }) => {
            const closer = closers.get(location.instance);
            if (notClosable !== null || closer === undefined) {
              return fileNotClosed(location, notClosable ?? 'not_served');
            }
            return gate.pass(() => closer.close(location));
          };
        },
        failed: ({ location }, message) => fileOutcome(location, 'failed', message),
      }),
  };
}

/** Closes nothing: the files are those of a recording. */
export function fileCloserOfRecording(source: FileSource): FileCloser {
  return {
    async plan(locations) {
      const madeAt = now();
      const { files, parts } = await source.files();
      const find = fileFinder(files);
      const wanted = new Map(locations.map((location) => [formatFileLocation(location), location])).values();
      const closes = [...wanted].map((location) => {
        const [file, numOthers] = find(location);
        return notClosableFile(location, file === null ? 'gone' : 'recorded', file, numOthers);
      });
      return { madeAt, closes, problems: parts.flatMap(({ problems }) => problems) };
    },
    async *close({ closes }) {
      for (const { location, notClosable } of closes) yield fileNotClosed(location, notClosable ?? 'recorded');
    },
  };
}

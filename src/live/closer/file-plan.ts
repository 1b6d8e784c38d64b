import {
  type FileClosePlan,
  type FileLocation,
  type FileNotClosable,
  type FileSource,
  formatFileLocation,
  type OpenFile,
  type PlannedFileClose,
  type Problem,
} from '../../sessions/index.ts';
import { ServerProblem } from '../database.ts';
import type { ClosableServer } from './closable-server.ts';
import { FileSighting } from './file-sighting.ts';
import { type PartOfPlan, planParts } from './plan-parts.ts';

/** A server of this machine, and the very source that lists what it has open. */
export interface ClosableFileServer extends ClosableServer {
  readonly files: FileSource;
}

/** What closing these opens would do, as their servers' records say now. */
export function planFileCloses(
  servers: readonly ClosableFileServer[],
  locations: readonly FileLocation[],
): Promise<FileClosePlan> {
  return planParts(servers, locations, {
    format: formatFileLocation,
    planFor,
    notServed: (location) => notClosableFile(location, 'not_served'),
  });
}

/** A location for which nothing would be sent. */
export function notClosableFile(
  location: FileLocation,
  reason: FileNotClosable,
  file: OpenFile | null = null,
  numOthers = 0,
): PlannedFileClose {
  return { location, file, notClosable: reason, numOthers };
}

/** Finds opens of a list by their locations, and how many others of the same file it has. */
export function fileFinder(files: readonly OpenFile[]): (location: FileLocation) => [OpenFile | null, number] {
  const byLocation = new Map(files.map((file) => [formatFileLocation(file.location), file]));
  const counts = new Map<string, number>();
  for (const { location } of files) {
    const name = nameOf(location.instance, location.file);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return (location) => {
    const file = byLocation.get(formatFileLocation(location)) ?? null;
    return [file, file === null ? 0 : counts.get(nameOf(location.instance, location.file))! - 1];
  };
}

function nameOf(instance: number, { device, inode, extension }: FileLocation['file']): string {
  return `${instance} ${device} ${inode} ${extension}`;
}

async function planFor(
  { source, files: fileSource }: ClosableFileServer,
  locations: readonly FileLocation[],
): Promise<PartOfPlan<PlannedFileClose>> {
  const { files, parts } = await fileSource.files();
  const find = fileFinder(files);
  const look = lookAt(source.lastRead);
  const closes = locations.map((location): PlannedFileClose => {
    const [file, numOthers] = find(location);
    if (!(look instanceof FileSighting)) return notClosableFile(location, 'unreadable');
    const found = look.find(location);
    if (found === 'gone') return notClosableFile(location, found);
    if (typeof found === 'string') return notClosableFile(location, found, file, numOthers);
    // One that has been opened since the list was read can't be meant.
    return file === null ? notClosableFile(location, 'gone') : { location, file, notClosable: null, numOthers };
  });
  const { problems } = parts[0]!;
  const more = look instanceof FileSighting || look === null || problems.length > 0 ? [] : [look];
  return { closes, problems: [...problems, ...more] };
}

function lookAt(server: ClosableServer['source']['lastRead']): FileSighting | Problem | null {
  try {
    return server === null ? null : new FileSighting(server);
  } catch (error) {
    if (error instanceof ServerProblem) return error.problem;
    throw error;
  }
}

import {
  type FileCloser,
  type FileLocation,
  type FileSource,
  formatFileLocation,
  type Limits,
  now,
  type PlannedFileClose,
} from '../sessions/index.ts';
import { type Bounds, boundsOf } from './limits.ts';

/** Of a source, what limits leave: the open files that are within, and the parts of servers that are. */
export function limitFileSource(source: FileSource, limits: Limits): FileSource {
  const { allowsInstance, holdsFile } = boundsOf(limits);
  return {
    async files() {
      const { parts, files } = await source.files();
      return { parts: parts.filter(({ instance }) => allowsInstance(instance)), files: files.filter(holdsFile) };
    },
    resolveKinds: (files) => source.resolveKinds(files),
  };
}

/**
 * A closer that closes only files that are within limits; others are `out_of_limits`. It closes only what it has planned
 * itself: it is made for one request.
 */
export function limitFileCloser(closer: FileCloser, limits: Limits): FileCloser {
  const bounds = boundsOf(limits);
  const approved = new Set<string>();
  return {
    async plan(locations) {
      const within = locations.filter(({ instance }) => bounds.allowsInstance(instance));
      const plan = within.length === 0 ? { madeAt: now(), closes: [], problems: [] } : await closer.plan(within);
      const planned = new Map(plan.closes.map((close) => [formatFileLocation(close.location), close]));
      const wanted = new Map(locations.map((location) => [formatFileLocation(location), location]));
      const closes = [...wanted].map(([name, location]) =>
        limitPlanned(planned.get(name) ?? refused(location), bounds),
      );
      for (const { location, notClosable } of closes) {
        if (notClosable === null) approved.add(formatFileLocation(location));
      }
      return { ...plan, closes };
    },
    close(plan, options) {
      const closes = plan.closes.map((close) =>
        close.notClosable === null && !approved.has(formatFileLocation(close.location))
          ? refused(close.location)
          : close,
      );
      return closer.close({ ...plan, closes }, options);
    },
  };
}

function limitPlanned(planned: PlannedFileClose, { holdsFile }: Bounds): PlannedFileClose {
  const { location, file, notClosable } = planned;
  if (file === null) return notClosable === null ? refused(location) : planned;
  return holdsFile(file) ? planned : refused(location);
}

function refused(location: FileLocation): PlannedFileClose {
  return { location, file: null, notClosable: 'out_of_limits', numOthers: 0 };
}

import {
  type CloseOutcome,
  type CloseOutcomeJson,
  type ClosePlan,
  type ClosePlanJson,
  type Closer,
  type FileCloseOutcome,
  type FileCloseOutcomeJson,
  type FileClosePlan,
  type FileClosePlanJson,
  type FileCloser,
  type FileLocation,
  formatFileLocation,
  formatLocation,
  fromCloseOutcomeJson,
  fromClosePlanJson,
  fromFileCloseOutcomeJson,
  fromFileClosePlanJson,
  type Location,
} from '../sessions/index.ts';
import type { ServerAddress } from './connection.ts';
import { type Closing, closeThere, planThere } from './remote-close.ts';

const ofSessions: Closing<Location, ClosePlan, CloseOutcome> = {
  planPath: '/smbwho/v1/close-plan',
  path: '/smbwho/v1/close',
  what: 'sessions',
  format: formatLocation,
  toPlan: (json) => fromClosePlanJson(json as ClosePlanJson),
  toOutcome: (json) => fromCloseOutcomeJson(json as CloseOutcomeJson),
  failed: (outcome) => ({ ...outcome, filesClosed: 0, cameBackAs: null, cameBackAt: null }),
};

const ofFiles: Closing<FileLocation, FileClosePlan, FileCloseOutcome> = {
  planPath: '/smbwho/v1/files/close-plan',
  path: '/smbwho/v1/files/close',
  what: 'files',
  format: formatFileLocation,
  toPlan: (json) => fromFileClosePlanJson(json as FileClosePlanJson),
  toOutcome: (json) => fromFileCloseOutcomeJson(json as FileCloseOutcomeJson),
  failed: (outcome) => outcome,
};

/** Closes sessions through another smbwho. */
export function remoteCloser(address: ServerAddress): Closer {
  return {
    plan: (locations) => planThere(address, ofSessions, locations),
    close: (plan, { filesFirst, watchMs, reason, signal }) => {
      const body = { files_first: filesFirst, watch_ms: watchMs, reason };
      return closeThere(address, ofSessions, plan, { body, patienceMs: watchMs, signal });
    },
  };
}

/** Closes open files through another smbwho. */
export function remoteFileCloser(address: ServerAddress): FileCloser {
  return {
    plan: (locations) => planThere(address, ofFiles, locations),
    close: (plan, { reason, signal }) => closeThere(address, ofFiles, plan, { body: { reason }, signal }),
  };
}

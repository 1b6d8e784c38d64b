import {
  type CloseOutcome,
  type ClosePlan,
  type CloseResult,
  type CloseWarning,
  closeResults,
  type NotClosable,
  notClosableReasons,
  type PlannedClose,
  toConfirm,
} from './close.ts';
import { formatFileLocation } from './file-location.ts';
import { fromIso, toIso } from './instant.ts';
import { flagOf, numberOf, textOf, wordOf } from './json-form.ts';
import { formatLocation, type Location, parseLocation } from './location.ts';
import { fileLocationOf } from './open-file-json.ts';
import type { Certainty } from './session.ts';
import { certainties, fromSessionJson, isoOrNull, type SessionJson, toSessionJson } from './session-json.ts';
import type { Problem } from './source.ts';

/** One location of a plan as plain JSON. */
export interface PlannedCloseJson {
  readonly location: string;
  readonly session: SessionJson | null;
  readonly not_closable: NotClosable | null;
  readonly num_opens: number;
  readonly num_opens_certainty: Certainty;
  readonly num_opens_for_writing: number | null;
  /** The first 100. */
  readonly files: readonly { readonly path: string; readonly for_writing: boolean; readonly location: string }[];
  readonly num_durable: number;
  readonly num_neighbours: number;
  /** The first 100. */
  readonly neighbours: readonly string[];
  readonly warnings: readonly CloseWarning[];
}

/** A plan as plain JSON: what `/smbwho/v1/close-plan` gives. */
export interface ClosePlanJson {
  readonly made_at: string;
  /** The number that must be confirmed; null where none has to be. */
  readonly to_confirm: number | null;
  readonly closes: readonly PlannedCloseJson[];
  readonly problems: readonly Problem[];
}

/** An outcome as plain JSON: a line of `/smbwho/v1/close`. */
export interface CloseOutcomeJson {
  readonly location: string;
  readonly result: CloseResult;
  readonly message: string;
  readonly took_ms: number | null;
  readonly files_closed: number;
  readonly came_back_as: string | null;
  readonly came_back_at: string | null;
}

export function toClosePlanJson(plan: ClosePlan): ClosePlanJson {
  const { madeAt, closes, problems } = plan;
  return { made_at: toIso(madeAt), to_confirm: toConfirm(plan), closes: closes.map(toPlannedCloseJson), problems };
}

export function toPlannedCloseJson(planned: PlannedClose): PlannedCloseJson {
  return {
    location: formatLocation(planned.location),
    session: planned.session === null ? null : toSessionJson(planned.session),
    not_closable: planned.notClosable,
    num_opens: planned.numOpens,
    num_opens_certainty: planned.numOpensCertainty,
    num_opens_for_writing: planned.numOpensForWriting,
    files: planned.files.map(({ path, forWriting, location }) => ({
      path,
      for_writing: forWriting,
      location: formatFileLocation(location),
    })),
    num_durable: planned.numDurable,
    num_neighbours: planned.numNeighbours,
    neighbours: planned.neighbours.map(formatLocation),
    warnings: planned.warnings.map(({ code, message }) => ({ code, message })),
  };
}

export function toCloseOutcomeJson(outcome: CloseOutcome): CloseOutcomeJson {
  const { cameBackAs } = outcome;
  return {
    location: formatLocation(outcome.location),
    result: outcome.result,
    message: outcome.message,
    took_ms: outcome.tookMs,
    files_closed: outcome.filesClosed,
    came_back_as: cameBackAs === null ? null : formatLocation(cameBackAs),
    came_back_at: isoOrNull(outcome.cameBackAt),
  };
}

/**
 * The plan that JSON of this form describes.
 *
 * @throws TypeError where it is not of this form
 */
export function fromClosePlanJson({ made_at, closes, problems }: ClosePlanJson): ClosePlan {
  return {
    madeAt: fromIso(made_at),
    closes: closes.map((json) => ({
      location: locationOf(json.location),
      session: json.session === null ? null : fromSessionJson(json.session),
      notClosable: json.not_closable === null ? null : wordOf(notClosableReasons, json.not_closable),
      numOpens: numberOf(json.num_opens),
      numOpensCertainty: wordOf(certainties, json.num_opens_certainty),
      numOpensForWriting: json.num_opens_for_writing === null ? null : numberOf(json.num_opens_for_writing),
      files: json.files.map(({ path, for_writing, location }) => ({
        path: textOf(path),
        forWriting: flagOf(for_writing),
        location: fileLocationOf(location),
      })),
      numDurable: numberOf(json.num_durable),
      numNeighbours: numberOf(json.num_neighbours),
      neighbours: json.neighbours.map(locationOf),
      warnings: json.warnings.map(({ code, message }) => ({ code, message: textOf(message) })),
    })),
    problems: problems.map(({ code, message }) => ({ code: textOf(code), message: textOf(message) })),
  };
}

/**
 * The outcome that JSON of this form describes.
 *
 * @throws TypeError where it is not of this form
 */
export function fromCloseOutcomeJson(json: CloseOutcomeJson): CloseOutcome {
  return {
    location: locationOf(json.location),
    result: wordOf(closeResults, json.result),
    message: textOf(json.message),
    tookMs: json.took_ms === null ? null : numberOf(json.took_ms),
    filesClosed: numberOf(json.files_closed),
    cameBackAs: json.came_back_as === null ? null : locationOf(json.came_back_as),
    cameBackAt: json.came_back_at === null ? null : fromIso(json.came_back_at),
  };
}

function locationOf(text: string): Location {
  const location = parseLocation(text);
  if (location === null) throw new TypeError('what should be a location is none');
  return location;
}

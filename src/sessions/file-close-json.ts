import { type CloseResult, closeResults } from './close.ts';
import {
  type FileCloseOutcome,
  type FileClosePlan,
  type FileNotClosable,
  fileNotClosableReasons,
  filesToConfirm,
  type PlannedFileClose,
} from './file-close.ts';
import { formatFileLocation } from './file-location.ts';
import { fromIso, toIso } from './instant.ts';
import { numberOf, orNull, textOf, wordOf } from './json-form.ts';
import { fileLocationOf, fromOpenFileJson, type OpenFileJson, toOpenFileJson } from './open-file-json.ts';
import type { Problem } from './source.ts';

/** One location of a plan as plain JSON. */
export interface PlannedFileCloseJson {
  readonly location: string;
  readonly file: OpenFileJson | null;
  readonly not_closable: FileNotClosable | null;
  readonly num_others: number;
}

/** A plan as plain JSON: what `/smbwho/v1/files/close-plan` gives. */
export interface FileClosePlanJson {
  readonly made_at: string;
  /** The number that must be confirmed; null where none has to be. */
  readonly to_confirm: number | null;
  readonly closes: readonly PlannedFileCloseJson[];
  readonly problems: readonly Problem[];
}

/** An outcome as plain JSON: a line of `/smbwho/v1/files/close`. */
export interface FileCloseOutcomeJson {
  readonly location: string;
  readonly result: CloseResult;
  readonly message: string;
  readonly took_ms: number | null;
}

export function toFileClosePlanJson(plan: FileClosePlan): FileClosePlanJson {
  const { madeAt, closes, problems } = plan;
  return {
    made_at: toIso(madeAt),
    to_confirm: filesToConfirm(plan),
    closes: closes.map(toPlannedFileCloseJson),
    problems,
  };
}

export function toPlannedFileCloseJson(planned: PlannedFileClose): PlannedFileCloseJson {
  return {
    location: formatFileLocation(planned.location),
    file: orNull(planned.file, toOpenFileJson),
    not_closable: planned.notClosable,
    num_others: planned.numOthers,
  };
}

export function toFileCloseOutcomeJson({ location, result, message, tookMs }: FileCloseOutcome): FileCloseOutcomeJson {
  return { location: formatFileLocation(location), result, message, took_ms: tookMs };
}

/**
 * The plan that JSON of this form describes.
 *
 * @throws TypeError where it is not of this form
 */
export function fromFileClosePlanJson({ made_at, closes, problems }: FileClosePlanJson): FileClosePlan {
  return {
    madeAt: fromIso(made_at),
    closes: closes.map((json) => ({
      location: fileLocationOf(json.location),
      file: orNull(json.file, fromOpenFileJson),
      notClosable: orNull(json.not_closable, (word) => wordOf(fileNotClosableReasons, word)),
      numOthers: numberOf(json.num_others),
    })),
    problems: problems.map(({ code, message }) => ({ code: textOf(code), message: textOf(message) })),
  };
}

/**
 * The outcome that JSON of this form describes.
 *
 * @throws TypeError where it is not of this form
 */
export function fromFileCloseOutcomeJson(json: FileCloseOutcomeJson): FileCloseOutcome {
  return {
    location: fileLocationOf(json.location),
    result: wordOf(closeResults, json.result),
    message: textOf(json.message),
    tookMs: orNull(json.took_ms, numberOf),
  };
}

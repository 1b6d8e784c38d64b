import type { CloseResult, FileCloseOutcome, FileLocation, FileNotClosable } from '../../sessions/index.ts';

/** Why nothing is sent while one waits: see `isWaitedIn`. */
export const waitedIn =
  'its smbd waits for a lock of a file, or for somebody to let go of it, and would crash; try again later, or end the whole session';

const results: Readonly<Record<FileNotClosable, { readonly result: CloseResult; readonly message: string }>> = {
  gone: { result: 'gone', message: 'it had already been closed' },
  not_served: { result: 'failed', message: 'not found: no Samba of this number is served here' },
  out_of_limits: { result: 'denied', message: 'it is beyond what the token is for' },
  unreadable: { result: 'failed', message: 'the records that say whose it is can not be read' },
  recorded: { result: 'refused', message: 'it is of a recording, not of a running server' },
  form_unknown: {
    result: 'refused',
    message:
      'single files can not be closed on Samba 4.21 and 4.22, which take another message than 4.19 and 4.20, and can not be told from them',
  },
  disconnected: {
    result: 'refused',
    message: 'its client has gone, and no smbd has it that could close it; it ends by itself when its time is over',
  },
  beneath_stream: {
    result: 'refused',
    message: 'smbd has it open for itself, beneath a stream of the file: close that one',
  },
  waiting: { result: 'refused', message: waitedIn },
};

/** The outcome for one that can't be closed. */
export function fileNotClosed(location: FileLocation, reason: FileNotClosable): FileCloseOutcome {
  const { result, message } = results[reason];
  return fileOutcome(location, result, message.replace('this number', `number ${location.instance}`));
}

/** The outcome for one of which nothing else is known. */
export function fileOutcome(location: FileLocation, result: CloseResult, message: string): FileCloseOutcome {
  return { location, result, message, tookMs: null };
}

/** The commands of SMB2, [MS-SMB2] 2.2.1. */
export const commands = {
  NEGOTIATE: 0,
  SESSION_SETUP: 1,
  LOGOFF: 2,
  TREE_CONNECT: 3,
  TREE_DISCONNECT: 4,
  CREATE: 5,
  CLOSE: 6,
  FLUSH: 7,
  READ: 8,
  WRITE: 9,
  LOCK: 10,
  IOCTL: 11,
  CANCEL: 12,
  ECHO: 13,
  QUERY_DIRECTORY: 14,
  CHANGE_NOTIFY: 15,
  QUERY_INFO: 16,
  SET_INFO: 17,
  OPLOCK_BREAK: 18,
} as const;

/** The name of a command, or `UNKNOWN`. */
export type CommandName = keyof typeof commands | 'UNKNOWN';

const names: ReadonlyMap<number, CommandName> = new Map(
  Object.entries(commands).map(([name, value]) => [value, name as CommandName]),
);

/** The name of a command number. */
export function commandName(command: number): CommandName {
  return names.get(command) ?? 'UNKNOWN';
}

import { type CommandName, commandName } from './commands.ts';
import { statusName } from './status.ts';

/** The server answered a request with a failure. */
export class Smb2Error extends Error {
  override readonly name = 'Smb2Error';
  readonly status: number;
  /** The symbolic name of the status, such as `STATUS_LOGON_FAILURE`. */
  readonly code: string;
  readonly command: CommandName;

  constructor(status: number, command: number) {
    const code = statusName(status);
    super(`${commandName(command)} failed: ${code}`);
    this.status = status;
    this.code = code;
    this.command = commandName(command);
  }
}

/** The connection ended while a request was waiting for its answer, or before it was sent. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  readonly code = 'CONNECTION_LOST';

  constructor(options?: ErrorOptions) {
    super('the connection is lost', options);
  }
}

/** The server sent something that breaks the protocol, or a message whose signature or encryption is wrong. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code = 'PROTOCOL_ERROR';
}

import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorClass, errorBody, errorStatus } from './errors.ts';

const parserErrors = new Map<string, ErrorClass>([
  ['HPE_HEADER_OVERFLOW', 'headers_too_large_error'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'request_timeout_error'],
]);

/** What the HTTP parser refuses never becomes a request; it gets the same JSON all the same. */
export function answerBrokenHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  const code = error.code ?? 'unknown';
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const errorClass = parserErrors.get(code) ?? 'http_syntax_error';
  const status = errorStatus[errorClass];
  const body = JSON.stringify(errorBody(errorClass, `the request is no HTTP that can be read (${code})`));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** `Expect:` with anything but 100-continue. Node's own answer would have no body. */
export function answerExpectation(_: IncomingMessage, response: ServerResponse): void {
  const body = JSON.stringify(errorBody('expectation_error', 'what the Expect header asks for is not done here'));
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };
  response.writeHead(errorStatus.expectation_error, headers).end(body);
}

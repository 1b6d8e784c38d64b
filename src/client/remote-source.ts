import {
  type Full,
  fromPartJson,
  fromSessionJson,
  type NameLookup,
  type Part,
  type PartJson,
  type Session,
  type SessionJson,
  type SessionSource,
  type UserDirectory,
} from '../sessions/index.ts';
import { type Answer, get, nameOf, type ServerAddress, ServerError } from './connection.ts';

interface ListAnswer {
  readonly parts: readonly PartJson[];
  readonly sessions: readonly SessionJson[];
  readonly paging: { readonly next: string | null };
}

/** The sessions that another smbwho lists. */
export class RemoteSource implements SessionSource {
  private readonly address: ServerAddress;

  constructor(address: ServerAddress) {
    this.address = address;
  }

  async refresh(): Promise<Full> {
    try {
      return await this.listAll();
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      const problems = [{ code: error.code, message: error.message }];
      const part: Part = { instance: 1, node: null, takenAt: null, verdict: 'partial', problems, recording: null };
      return { kind: 'full', parts: [part], sessions: [] };
    }
  }

  private async listAll(): Promise<Full> {
    let path: string | null = '/smbwho/v1/sessions';
    let parts: readonly Part[] = [];
    const sessions: Session[] = [];
    while (path !== null) {
      const answer = this.check(await get(this.address, path));
      try {
        parts = answer.parts.map(fromPartJson);
        for (const session of answer.sessions) sessions.push(fromSessionJson(session));
        path = answer.paging.next;
      } catch {
        throw new ServerError('SERVER_ANSWER', `${nameOf(this.address)} lists sessions in another form`);
      }
    }
    return { kind: 'full', parts, sessions };
  }

  private check({ status, body }: Answer): ListAnswer {
    const list = body as Partial<ListAnswer>;
    if (status === 200 && Array.isArray(list.sessions) && Array.isArray(list.parts)) return list as ListAnswer;
    throw toError(status, body, nameOf(this.address));
  }
}

/** The accounts that another smbwho knows. */
export function remoteDirectory(address: ServerAddress): UserDirectory {
  const look = async (name: string): Promise<NameLookup> => {
    const query = new URLSearchParams({ identity: `name:${name}`, limit: '1' });
    const { status } = await get(address, `/smbwho/v1/sessions?${query}`);
    return status === 200 ? 'known' : status === 400 ? 'unknown' : 'unavailable';
  };
  return { lookUpLocal: look, lookUpDirectory: look };
}

function toError(status: number, body: unknown, name: string): ServerError {
  const { description } = body as { description?: unknown };
  const text = typeof description === 'string' ? description : `status ${status}`;
  if (status === 401 || status === 403) return new ServerError('SERVER_DENIED', `${name}: ${text}`);
  // A 503 carries the reader's own code, which says more than that the server failed.
  const reason = /^([A-Z][A-Z_]+): (.*)$/s.exec(text);
  return reason === null
    ? new ServerError('SERVER_ANSWER', `${name}: ${text}`)
    : new ServerError(reason[1]!, `${name}: ${reason[2]}`);
}

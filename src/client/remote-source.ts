import {
  type Full,
  formatIdentity,
  fromPartJson,
  fromSessionJson,
  IdentityError,
  type Lookup,
  moveSession,
  now,
  type Part,
  type PartJson,
  type Session,
  type SessionJson,
  type SessionSource,
  type UserDirectory,
} from '../sessions/index.ts';
import { type Answer, get, nameOf, type ServerAddress, ServerError } from './connection.ts';
import { toError } from './refusal.ts';
import { behind, movePart } from './server-clock.ts';

interface ListAnswer {
  /** The server's clock. One that says nothing of it is older than this field. */
  readonly now?: string;
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
      return { kind: 'full', parts: [partOf(error)], sessions: [] };
    }
  }

  private async listAll(): Promise<Full> {
    let path: string | null = '/smbwho/v1/sessions';
    let parts: readonly Part[] = [];
    const sessions: Session[] = [];
    while (path !== null) {
      const answer = this.check(await get(this.address, path));
      try {
        const byMicros = behind(answer, now());
        parts = answer.parts.map(fromPartJson).map((part) => movePart(part, byMicros));
        for (const json of answer.sessions) {
          const session = fromSessionJson(json);
          sessions.push(byMicros === 0 ? session : moveSession(session, byMicros));
        }
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

/** What a list has instead of what could not be had. */
export function partOf({ code, message }: ServerError): Part {
  const problems = [{ code, message }];
  return { instance: 1, node: null, takenAt: null, verdict: 'partial', problems, recording: null };
}

/** The accounts that another smbwho knows: it looks them up for its own list, and says who of that is meant. */
export function remoteDirectory(address: ServerAddress): UserDirectory {
  return {
    async lookUp(query): Promise<Lookup> {
      const path = `/smbwho/v1/sessions?${new URLSearchParams({ identity: formatIdentity(query) })}`;
      const { status, body } = await get(address, path);
      const { error_class, description } = body as { error_class?: unknown; description?: unknown };
      if (error_class === 'cred_ambiguous_user_error') throw new IdentityError(error_class, String(description));
      const verdict = status === 200 ? 'known' : status === 400 ? 'unknown' : 'unavailable';
      const { sessions = [] } = body as Partial<ListAnswer>;
      const accounts = sessions.map(fromSessionJson).map(({ location, user }) => ({
        instance: location.instance,
        identity: user,
      }));
      return { verdict, accounts, isOfSessions: true };
    },
  };
}

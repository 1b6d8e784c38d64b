import {
  type Full,
  formatIdentity,
  fromPartJson,
  fromSessionJson,
  IdentityError,
  type Lookup,
  type Part,
  type PartJson,
  type Session,
  type SessionJson,
  type SessionSource,
  type UserDirectory,
} from '../sessions/index.ts';
import { type Answer, get, nameOf, type ServerAddress, ServerError } from './connection.ts';
import { toError } from './refusal.ts';

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

/** The accounts that another smbwho knows: it looks them up for its own list. */
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
      return { verdict, accounts };
    },
  };
}

import {
  type FileList,
  type FileSource,
  fromOpenFileJson,
  fromPartJson,
  now,
  type OpenFile,
  type OpenFileJson,
  type Part,
  type PartJson,
} from '../sessions/index.ts';
import { type Answer, get, nameOf, type ServerAddress, ServerError } from './connection.ts';
import { toError } from './refusal.ts';
import { partOf } from './remote-source.ts';
import { behind, movePart } from './server-clock.ts';

interface ListAnswer {
  readonly now: string;
  readonly parts: readonly PartJson[];
  readonly files: readonly OpenFileJson[];
  readonly paging: { readonly next: string | null };
}

/** The open files that another smbwho lists. It tells directories from files, as far as it can, in the list itself. */
export class RemoteFileSource implements FileSource {
  private readonly address: ServerAddress;

  constructor(address: ServerAddress) {
    this.address = address;
  }

  async files(): Promise<FileList> {
    try {
      return await this.listAll();
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      return { parts: [partOf(error)], files: [] };
    }
  }

  async resolveKinds(files: readonly OpenFile[]): Promise<readonly OpenFile[]> {
    return files;
  }

  private async listAll(): Promise<FileList> {
    let path: string | null = '/smbwho/v1/files?kinds=true';
    let parts: readonly Part[] = [];
    const files: OpenFile[] = [];
    while (path !== null) {
      const answer = this.check(await get(this.address, path));
      try {
        const byMicros = behind(answer, now());
        parts = answer.parts.map(fromPartJson).map((part) => movePart(part, byMicros));
        for (const json of answer.files) {
          const file = fromOpenFileJson(json);
          files.push(byMicros === 0 ? file : { ...file, openedAt: file.openedAt + byMicros });
        }
        path = answer.paging.next;
      } catch {
        throw new ServerError('SERVER_ANSWER', `${nameOf(this.address)} lists files in another form`);
      }
    }
    return { parts, files };
  }

  private check({ status, body }: Answer): ListAnswer {
    const list = body as Partial<ListAnswer> | null;
    if (status === 200 && Array.isArray(list?.files) && Array.isArray(list.parts)) return list as ListAnswer;
    throw toError(status, body, nameOf(this.address));
  }
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LocalSource } from '../../src/live/index.ts';
import { joinSessions } from '../../src/live/join.ts';
import { DecodeError } from '../../src/samba/bytes/index.ts';
import type { SambaInstance } from '../../src/samba/conf/index.ts';
import type { OpenGlobal, SessionGlobal, TconGlobal } from '../../src/samba/records/index.ts';
import { parseHeader } from '../../src/samba/tdb/header.ts';
import type { Full, Session } from '../../src/sessions/index.ts';
import { TemporaryFolder } from '../support/temporary.ts';
import type { SeedServer, Specimen } from './corpus.ts';
import { addClaims, type Claims } from './draft.ts';
import { makeInput } from './inputs.ts';
import { type Id, kinds, readingsOf, type SessionKind, sessionKinds, type Value } from './kinds.ts';
import type { Random } from './random.ts';

/** The three files of a server, broken together, and what may be said of them. */
interface ServerInput {
  readonly applied: readonly string[];
  readonly files: Readonly<Record<SessionKind, Buffer>>;
  readonly claims: Readonly<Record<SessionKind, Claims>>;
}

/** A folder as a server's lock directory is, all of whose processes live, and what reads it. */
export class FuzzedServer implements Disposable {
  private readonly folder = new TemporaryFolder();
  private readonly good: SeedServer;
  private readonly strangers: (kind: SessionKind) => readonly Specimen[];
  private readonly claims: Record<SessionKind, Claims> = { session: new Map(), tcon: new Map(), open: new Map() };
  private source: LocalSource;
  private expected: readonly Session[] = [];

  constructor(good: SeedServer, corpus: readonly SeedServer[]) {
    this.good = good;
    this.strangers = (kind) => corpus.flatMap((server) => server[kind].records);
    mkdirSync(this.folder.file('msg.lock'));
    for (const { value } of good.session.records) {
      for (const { serverId } of (value as SessionGlobal).channels) {
        writeFileSync(join(this.folder.path, 'msg.lock', String(serverId.pid)), `${serverId.uniqueId}\n`);
      }
    }
    this.source = this.open();
  }

  /** Reads the good files: what is said of them must be said again later. */
  async begin(): Promise<string[]> {
    const { sessions, faults } = await this.readGood();
    this.expected = sessions;
    return faults;
  }

  make(random: Random): ServerInput {
    const files = { session: this.good.session.bytes, tcon: this.good.tcon.bytes, open: this.good.open.bytes };
    const claims = { session: new Map(), tcon: new Map(), open: new Map() };
    const applied: string[] = [];
    for (const kind of random.some(sessionKinds, random.between(1, 3))) {
      const material = { seed: this.good[kind], strangers: this.strangers(kind) };
      const input = makeInput(random, material, random.pick(['record', 'record', 'structure', 'both', 'blind']));
      const { bytes } = input.states[0]!;
      // So does a file look while smbd starts: it would be waited for, and that is tested elsewhere.
      if (isTruncated(bytes)) continue;
      files[kind] = bytes;
      claims[kind] = input.claims;
      applied.push(`${kind}:`, ...input.applied);
    }
    return { applied, files, claims };
  }

  /** Reads broken files, by the reader that goes on or by a new one. */
  async read(input: ServerInput, isKept: boolean): Promise<{ readonly full: Full | null; readonly faults: string[] }> {
    if (!isKept) {
      this.source[Symbol.dispose]();
      this.source = this.open();
      for (const kind of sessionKinds) this.claims[kind].clear();
    }
    for (const kind of sessionKinds) {
      addClaims(this.claims[kind], new Map(this.good[kind].records.map(({ id, data }) => [id, [data]])));
      addClaims(this.claims[kind], input.claims[kind]);
    }
    this.write(input.files);
    try {
      const full = await this.source.refresh();
      return { full, faults: full.sessions.flatMap((session) => this.judge(session)) };
    } catch (error) {
      return { full: null, faults: [`it threw ${(error as Error)?.stack ?? error}`] };
    }
  }

  /** The good files again. */
  async end(): Promise<string[]> {
    const { sessions, faults } = await this.readGood();
    return isDeepStrictEqual(sessions, this.expected)
      ? faults
      : [...faults, 'with broken files behind, a list is wrong'];
  }

  [Symbol.dispose](): void {
    this.source[Symbol.dispose]();
    this.folder[Symbol.dispose]();
  }

  private async readGood(): Promise<{ sessions: readonly Session[]; faults: string[] }> {
    const { session, tcon, open } = this.good;
    this.write({ session: session.bytes, tcon: tcon.bytes, open: open.bytes });
    const { sessions, parts } = await this.source.refresh();
    return { sessions, faults: parts[0]!.problems.map(({ code }) => `good files have a problem: ${code}`) };
  }

  private write(files: Readonly<Record<SessionKind, Buffer>>): void {
    for (const kind of sessionKinds) writeFileSync(join(this.folder.path, kinds[kind].file), files[kind]);
  }

  private open(): LocalSource {
    const instance: SambaInstance = {
      pid: null,
      smbConfPath: null,
      root: '',
      lockDirectory: this.folder.path,
      isClustered: false,
      sharesPidNamespace: false,
      netbiosName: '',
      isDomainMember: false,
      forcedShares: new Set(),
      confFiles: [],
    };
    return new LocalSource({ instance: 1, locate: () => instance });
  }

  /** Whether all that is said of a session stands under its own id, and its tree connects are its own. */
  private judge(session: Session): string[] {
    const id = session.location.sessionGlobalId;
    const own = this.readings('session', id);
    const isOwn = own.some((value) => isDeepStrictEqual(bare(session), bare(aloneOf(id, value as SessionGlobal))));
    const tcons = [...this.claims.tcon.keys()].flatMap((tcon) => this.readings('tcon', tcon) as TconGlobal[]);
    const strange = session.treeConnects.filter(
      ({ shareName, openedAt }) =>
        !tcons.some(
          (tcon) => tcon.sessionGlobalId === id && tcon.shareName === shareName && tcon.creationTime === openedAt,
        ),
    );
    const isTooMany = session.numOpens > this.claims.open.size;
    return [
      ...(isOwn ? [] : [`session ${id} says what stands nowhere under its key`]),
      ...strange.map(({ shareName }) => `session ${id} has the tree connect ${shareName}, which is not its own`),
      ...(isTooMany ? [`session ${id} has ${session.numOpens} opens of ${this.claims.open.size}`] : []),
    ];
  }

  private readings(kind: SessionKind, id: Id): Value[] {
    return (this.claims[kind].get(id) ?? []).flatMap((data) => readingsOf(kind, id, data));
  }
}

/** What the join makes of a session record alone. */
function aloneOf(id: number, value: SessionGlobal): Session | undefined {
  const entry = { key: id, at: 0, dataAt: 0, dataEnd: 0, value, standing: 'settled' as const, problem: undefined };
  const rows = { opens: new Map<number, Row<OpenGlobal>>(), tcons: new Map<number, Row<TconGlobal>>() };
  const context = { instance: 1, lives: () => true, isLocalDomain: () => true, forcedShares: new Set<string>() };
  return joinSessions({ ...rows, sessions: new Map([[id, entry]]) }, context)[0];
}

type Row<V> = {
  key: number;
  at: number;
  dataAt: number;
  dataEnd: number;
  standing: 'settled';
  value: V;
  problem: undefined;
};

/** A session without what comes from other records. */
function bare(session: Session | undefined): Partial<Session> {
  const { treeConnects, shareNames, numOpens, numOpensCertainty, encryption, ...own } = session ?? ({} as Session);
  return own;
}

function isTruncated(bytes: Buffer): boolean {
  try {
    parseHeader(bytes);
    return false;
  } catch (error) {
    return error instanceof DecodeError && error.code === 'TDB_TRUNCATED';
  }
}

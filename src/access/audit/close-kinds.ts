import {
  type AuditCost,
  type AuditOperation,
  type CloseResult,
  formatFileLocation,
  formatLocation,
  isOpenForWriting,
  type PlannedClose,
  type PlannedFileClose,
} from '../../sessions/index.ts';

/** A planned close, of whatever. */
export interface Named {
  readonly location: unknown;
  readonly notClosable: string | null;
}

export interface Outcome<C extends Named> {
  readonly location: C['location'];
  readonly result: CloseResult;
  readonly message: string;
}

/** What whoever closes says of it. */
export interface CloseWords {
  readonly filesFirst?: boolean;
  readonly reason?: string;
}

/** What the record has of one kind of closes. */
export interface CloseKind<C extends Named> {
  readonly planOperation: AuditOperation;
  readonly closeOperation: AuditOperation;
  nameOf(one: Pick<C, 'location'>): string;
  userOf(close: C): string | null;
  costOf(close: C): AuditCost;
  sumOf(closes: readonly C[]): AuditCost;
  /** What is said of it beyond its location, before it is closed. */
  describe(close: C, words: CloseWords): string | null;
}

export const sessionCloses: CloseKind<PlannedClose> = {
  planOperation: 'smb_plan_close',
  closeOperation: 'smb_close_session',
  nameOf: ({ location }) => formatLocation(location),
  userOf: ({ session }) => session?.user.name ?? session?.user.sid ?? null,
  costOf: costOfSession,
  sumOf: (closes) => ({ sessions: closes.length, ...sum(closes.map(costOfSession)) }),
  describe: (_, { filesFirst }) => (filesFirst === true ? 'its files first' : null),
};

/** The path is in the record as the client gave it. */
export const fileCloses: CloseKind<PlannedFileClose> = {
  planOperation: 'smb_plan_close_handle',
  closeOperation: 'smb_close_handle',
  nameOf: ({ location }) => formatFileLocation(location),
  userOf: ({ file }) => (file === null ? null : (file.user?.name ?? file.user?.sid ?? `uid:${file.uid}`)),
  costOf: costOfFile,
  sumOf: (closes) => sum(closes.map(costOfFile)),
  describe: ({ file }) =>
    file === null || file.stream === null ? (file?.path ?? null) : `${file.path}:${file.stream}`,
};

function costOfSession({ numOpens, numOpensForWriting, numNeighbours }: PlannedClose): AuditCost {
  return { opens: numOpens, opensForWriting: numOpensForWriting, neighbours: numNeighbours };
}

function costOfFile({ file }: PlannedFileClose): AuditCost {
  return { opens: 1, opensForWriting: file === null ? null : Number(isOpenForWriting(file)), neighbours: 0 };
}

function sum(costs: readonly AuditCost[]): AuditCost {
  const total = (numberOf: (cost: AuditCost) => number) => costs.reduce((all, cost) => all + numberOf(cost), 0);
  const isKnown = costs.every(({ opensForWriting }) => opensForWriting !== null);
  return {
    opens: total(({ opens }) => opens),
    opensForWriting: isKnown ? total(({ opensForWriting }) => opensForWriting!) : null,
    neighbours: total(({ neighbours }) => neighbours),
  };
}

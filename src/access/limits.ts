import {
  AccessError,
  type Channel,
  type Limits,
  type OpenFile,
  parseNetwork,
  type Session,
} from '../sessions/index.ts';

/** What a token is to be for, as somebody wrote it. What is left out is not limited. */
export interface LimitsWish {
  readonly shares?: readonly string[] | null | undefined;
  readonly networks?: readonly string[] | null | undefined;
  readonly instances?: readonly number[] | null | undefined;
}

/** What limits mean for a session, and for what it has open. */
export interface Bounds {
  allowsInstance(instance: number): boolean;
  allowsShare(name: string): boolean;
  /** The session without what is beyond, itself where nothing is; null where it touches nothing that is allowed. */
  view(session: Session): Session | null;
  /** Whether all of it is within, so that it may be closed. */
  holds(session: Session): boolean;
  /** Whether an open file is within, so that it is seen and may be closed. Where its share, or its client, is not known, it is not. */
  holdsFile(file: OpenFile): boolean;
}

const maxInstance = 999_999;

/**
 * @returns null where nothing is limited
 * @throws AccessError LIMIT_INVALID
 */
export function parseLimits({ shares, networks, instances }: LimitsWish): Limits | null {
  if (shares == null && networks == null && instances == null) return null;
  return {
    shares: checkEach(shares, isShareName, 'is no name of a share'),
    networks: checkEach(networks, isNetwork, 'is no IP address or network, as 192.0.2.0/24'),
    instances: checkEach(instances, isInstance, 'is no number of a Samba'),
  };
}

function checkEach<T>(given: readonly T[] | null | undefined, is: (value: T) => boolean, isNot: string) {
  if (given == null) return null;
  if (given.length === 0) throw new AccessError('LIMIT_INVALID', 'a limit that names nothing allows nothing');
  const wrong = given.find((value) => !is(value));
  if (wrong !== undefined) throw new AccessError('LIMIT_INVALID', `${JSON.stringify(wrong)} ${isNot}`);
  return [...new Set(given)];
}

/** IPC$ is no share to limit to: everybody is connected to it. */
function isShareName(text: string): boolean {
  return /^[^\\/\p{Cc}]{1,80}$/u.test(text) && !isPipes(text);
}

function isNetwork(text: string): boolean {
  // A zone means something on one machine only, and is none of a session's address.
  return !text.includes('%') && parseNetwork(text) !== null;
}

function isInstance(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= maxInstance;
}

export function boundsOf({ shares, networks, instances }: Limits): Bounds {
  const names = shares === null ? null : new Set(shares.map((name) => name.toLowerCase()));
  const within = networks?.map((network) => parseNetwork(network) ?? (() => false));
  const allowsShare = (name: string) => names === null || names.has(name.toLowerCase());
  const allowsAddress = (address: string) => within === undefined || within.some((has) => has(address));
  const allowsClient = ({ client }: Channel) => allowsAddress(client.address);
  const allowsInstance = (instance: number) => instances === null || instances.includes(instance);
  return {
    allowsInstance,
    allowsShare,
    view(session) {
      if (!allowsInstance(session.location.instance)) return null;
      const shareNames = session.shareNames.filter(allowsShare);
      const [first, ...others] = session.channels.filter(allowsClient);
      if (first === undefined || (names !== null && shareNames.length === 0)) return null;
      const channels = [first, ...others] as const;
      const treeConnects = session.treeConnects.filter(({ shareName }) => isPipes(shareName) || allowsShare(shareName));
      const hidesShares =
        shareNames.length < session.shareNames.length || treeConnects.length < session.treeConnects.length;
      if (!hidesShares && channels.length === session.channels.length) return session;
      const seen = { ...session, channels, treeConnects, shareNames };
      return hidesShares ? { ...seen, numOpensCertainty: atMost(session.numOpensCertainty) } : seen;
    },
    holds: ({ location, shareNames, treeConnects, channels }) =>
      allowsInstance(location.instance) &&
      channels.every(allowsClient) &&
      shareNames.every(allowsShare) &&
      treeConnects.every(({ shareName }) => isPipes(shareName) || allowsShare(shareName)) &&
      (names === null || shareNames.length > 0),
    holdsFile: ({ location, shareName, client }) =>
      allowsInstance(location.instance) &&
      (names === null || (shareName !== null && allowsShare(shareName))) &&
      (within === undefined || (client !== null && allowsAddress(client))),
  };
}

function isPipes(shareName: string): boolean {
  return shareName.toUpperCase() === 'IPC$';
}

/** Of all its opens, those that are seen are a part. */
function atMost(certainty: Session['numOpensCertainty']): Session['numOpensCertainty'] {
  return certainty === 'exact' || certainty === 'upper_bound' ? 'upper_bound' : 'unknown';
}

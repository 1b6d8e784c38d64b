import {
  canonicalSid,
  type Identity,
  type IdentityQuery,
  type Lookup,
  type UserDirectory,
  wellKnownIdentity,
} from '../../sessions/index.ts';
import type { Trustee } from './permissions.ts';

/** The identities of all who are named, each looked up once, all at a time. */
export class Trustees {
  private readonly found: ReadonlyMap<string, Identity>;
  /** Those of whom it can't be known now whether they exist. */
  readonly unavailable: readonly string[];

  static async lookUp(trustees: readonly Trustee[], directory: UserDirectory): Promise<Trustees> {
    const byKey = new Map(trustees.map((trustee) => [keyOf(trustee), trustee]));
    const answers = [...byKey].map(async ([key, trustee]) => [key, trustee, await ask(trustee, directory)] as const);
    return new Trustees(await Promise.all(answers));
  }

  private constructor(answers: readonly (readonly [string, Trustee, Lookup])[]) {
    this.found = new Map(answers.map(([key, trustee, lookup]) => [key, choose(trustee, lookup)]));
    const unanswered = answers.filter(([, , { verdict }]) => verdict === 'unavailable');
    this.unavailable = unanswered.map(([, trustee]) => (trustee.kind === 'sid' ? trustee.sid : trustee.name));
  }

  /** One who is not known has what was named of it: a name or a SID. */
  identityOf(trustee: Trustee): Identity {
    return this.found.get(keyOf(trustee)) ?? unknown(trustee);
  }
}

function keyOf(trustee: Trustee): string {
  return trustee.kind === 'sid' ? trustee.sid : `${trustee.kind} ${trustee.name.toLowerCase()}`;
}

async function ask(trustee: Trustee, directory: UserDirectory): Promise<Lookup> {
  const query = toQuery(trustee);
  const wellKnown = query.kind === 'sid' ? wellKnownIdentity(query) : undefined;
  if (wellKnown === undefined) return directory.lookUp(query);
  return { verdict: 'known', accounts: [{ instance: 0, identity: wellKnown }] };
}

function toQuery(trustee: Trustee): IdentityQuery {
  if (trustee.kind === 'sid') return { kind: 'sid', sid: canonicalSid(trustee.sid) ?? trustee.sid };
  return { kind: 'name', name: trustee.name, realm: 'any' };
}

/** Of a name that a user and a group have, smb.conf says by a sign which is meant. */
function choose(trustee: Trustee, { accounts }: Lookup): Identity {
  const identities = accounts.map(({ identity }) => identity);
  const wanted = trustee.kind === 'group' ? identities.find(({ uid }) => uid === null) : identities[0];
  return wanted ?? unknown(trustee);
}

function unknown(trustee: Trustee): Identity {
  const nothing = { domain: 'API_INVALID_DOMAIN', authId: null, uid: null, gid: null, names: [] } as const;
  return trustee.kind === 'sid'
    ? { ...nothing, sid: canonicalSid(trustee.sid) ?? trustee.sid, name: null }
    : { ...nothing, sid: null, name: trustee.name };
}

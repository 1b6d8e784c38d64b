import type { AccountPlaces, SambaInstance } from '../../samba/conf/index.ts';
import {
  readPassdb,
  readServerSid,
  readUnixAccounts,
  type UnixAccounts,
  type UnixUser,
} from '../../samba/winbind/index.ts';
import {
  foldName,
  type Identity,
  type IdentityQuery,
  identityOf,
  posixGroup,
  wellKnownIdentity,
} from '../../sessions/index.ts';

const guestRid = 501;

/** A server's own accounts, as its files had them when this was made. */
export class LocalAccounts {
  /** Whose RIDs are the server's own; null where it can't be read. */
  readonly serverSid: string | null;
  private readonly netbiosName: string;
  private readonly directoryName: string | null;
  private readonly guestAccount: string;
  private readonly unix: UnixAccounts;
  private readonly namesByRid: ReadonlyMap<number, string> | null;
  private readonly ridsByName: ReadonlyMap<string, number>;
  /** By folded name. */
  private readonly users: ReadonlyMap<string, UnixUser>;

  constructor({ root, netbiosName, directory }: SambaInstance, places: AccountPlaces) {
    this.netbiosName = netbiosName;
    this.directoryName = directory?.name ?? null;
    this.guestAccount = places.guestAccount;
    this.unix = readUnixAccounts(root);
    this.serverSid = places.secrets === null ? null : readServerSid(places.secrets, netbiosName);
    this.namesByRid = readPassdb(places.passdb);
    this.ridsByName = new Map([...(this.namesByRid ?? [])].map(([rid, name]) => [foldName(name), rid]));
    // The first of a name counts, as for the name service.
    this.users = new Map(this.unix.users.toReversed().map((user) => [foldName(user.name), user]));
  }

  /** Whether these are all that the server has: no other name service, no account database that is not read here. */
  get isComplete(): boolean {
    return this.unix.isComplete;
  }

  /** Users before groups of the same name. */
  find(query: IdentityQuery): readonly Identity[] {
    switch (query.kind) {
      case 'name':
        return this.ofName(query.name);
      case 'uid':
        return this.unix.users
          .filter(({ uid }) => uid === query.uid)
          .slice(0, 1)
          .map((user) => this.userOf(user.name, user));
      case 'gid':
        return this.unix.groups
          .filter(({ gid }) => gid === query.gid)
          .slice(0, 1)
          .map(({ gid, name }) => posixGroup(gid, name));
      case 'sid':
        return this.ofSid(query.sid);
      case 'auth_id':
        return this.ofAuthId(BigInt(query.authId), query);
    }
  }

  /** Whether a SID's account is the server's own. */
  isOwnSid(sid: string): boolean {
    return this.serverSid !== null && sid.startsWith(`${this.serverSid}-`);
  }

  /** The name without the server's own domain, or without those that Samba has for unix accounts; null with another. */
  ownName(name: string): string | null {
    const backslash = name.indexOf('\\');
    if (backslash < 0) return name;
    const domain = foldName(name.slice(0, backslash));
    const own = [this.netbiosName, 'Unix User', 'Unix Group', 'BUILTIN', 'NT AUTHORITY'];
    return own.some((one) => foldName(one) === domain) ? name.slice(backslash + 1) : null;
  }

  /** A bare name of the directory's as others tell it from the server's own. */
  qualifyForDirectory(name: string): string {
    return this.directoryName === null || /[\\@]/.test(name) ? name : `${this.directoryName}\\${name}`;
  }

  /** A name of the server's own as others tell it from theirs. */
  qualify(name: string): string {
    return name.includes('\\') ? name : `${this.netbiosName}\\${name}`;
  }

  private ofName(name: string): readonly Identity[] {
    const wellKnown = wellKnownIdentity({ kind: 'name', name, realm: 'any' });
    const own = this.ownName(name);
    const folded = foldName(own ?? name);
    const isOf = (domain: string) => own === name || foldName(name).startsWith(`${foldName(domain)}\\`);
    const found: Identity[] = [];
    const isOwn = isOf(this.netbiosName);
    const user = this.users.get(folded);
    if (isOf('Unix User') && user !== undefined) found.push(this.userOf(user.name, user));
    else if (isOwn && (user !== undefined || this.ridsByName.has(folded))) found.push(this.userOf(own ?? name, user));
    if (isOwn && folded === 'guest') found.push(this.guest());
    if (isOf('Unix Group')) {
      const group = this.unix.groups.find((each) => foldName(each.name) === folded);
      if (group !== undefined) found.push(posixGroup(group.gid, group.name));
    }
    return wellKnown === undefined ? found : [...found, wellKnown];
  }

  private ofSid(sid: string): readonly Identity[] {
    const wellKnown = wellKnownIdentity({ kind: 'sid', sid });
    if (wellKnown !== undefined) return [wellKnown];
    const [, type, id] = /^S-1-5-88-([12])-(\d+)$/.exec(sid) ?? [];
    if (type === '1') return this.find({ kind: 'uid', uid: Number(id) });
    if (type === '2') return this.find({ kind: 'gid', gid: Number(id) });
    if (!this.isOwnSid(sid)) return [];
    return this.ofRid(Number(sid.slice(this.serverSid!.length + 1)));
  }

  private ofRid(rid: number): readonly Identity[] {
    if (rid === guestRid) return [this.guest()];
    const name = this.namesByRid?.get(rid);
    return name === undefined ? [] : [this.userOf(name, this.users.get(foldName(name)))];
  }

  private ofAuthId(authId: bigint, query: IdentityQuery): readonly Identity[] {
    const [domain, id] = [authId >> 32n, Number(authId & 0xffff_ffffn)];
    if (domain === 3n) return this.find({ kind: 'uid', uid: id });
    if (domain === 4n) return this.find({ kind: 'gid', gid: id });
    const own = domain === 0n ? this.ofRid(id) : [];
    const wellKnown = wellKnownIdentity(query);
    return own.length > 0 || wellKnown === undefined ? own : [wellKnown];
  }

  /** A user of Samba where its database has the name, else one of the unix below alone. */
  private userOf(name: string, unix: UnixUser | undefined): Identity {
    const rid = this.ridsByName.get(foldName(name));
    const hasUnixOnly = rid === undefined && this.namesByRid !== null;
    const samba = rid === undefined || this.serverSid === null ? null : `${this.serverSid}-${rid}`;
    return this.identify(hasUnixOnly ? `S-1-22-1-${unix!.uid}` : samba, unix?.name ?? name, unix);
  }

  private guest(): Identity {
    const sid = this.serverSid === null ? null : `${this.serverSid}-${guestRid}`;
    return this.identify(sid, this.guestAccount, this.users.get(foldName(this.guestAccount)), true);
  }

  private identify(userSid: string | null, name: string, unix: UnixUser | undefined, isGuest = false): Identity {
    return identityOf({
      userSid,
      isGuest,
      uid: unix?.uid ?? null,
      gid: unix?.gid ?? null,
      accountName: name,
      domainName: this.netbiosName,
      dnsDomainName: null,
      userPrincipalName: null,
      unixName: name,
      isLocal: true,
    });
  }
}

/** A process of Samba, as `smbstatus --json` names it; numbers are decimal text. */
export interface SmbstatusServerId {
  readonly pid: string;
  readonly task_id: string;
  readonly vnn: string;
  readonly unique_id: string;
}

/** How a connection is protected; both are `-` where it is not. */
export interface SmbstatusProtection {
  readonly cipher: string;
  readonly degree: string;
}

/** One connection of a session. */
export interface SmbstatusChannel {
  readonly creation_time: string;
  readonly local_address: string;
  readonly remote_address: string;
}

/** A session; the session of a login that is not complete yet has the uid -1, since 4.22 without its sign. */
export interface SmbstatusSession {
  readonly session_id: string;
  readonly server_id: SmbstatusServerId;
  readonly uid: number;
  readonly gid: number;
  readonly username: string;
  readonly groupname: string;
  readonly remote_machine: string;
  readonly hostname: string;
  readonly session_dialect: string;
  readonly encryption: SmbstatusProtection;
  readonly signing: SmbstatusProtection;
  /** Since a release between 4.17 and 4.22, as the three below. */
  readonly creation_time?: string;
  readonly auth_time?: string;
  readonly expiration_time?: string;
  readonly channels?: Readonly<Record<string, SmbstatusChannel>>;
}

/** A session's connection to one share. */
export interface SmbstatusTcon {
  readonly service: string;
  readonly server_id: SmbstatusServerId;
  readonly tcon_id: string;
  readonly session_id: string;
  readonly machine: string;
  readonly connected_at: string;
  readonly encryption: SmbstatusProtection;
  readonly signing: SmbstatusProtection;
}

/** One open of a file or folder; `opened_at` is ISO 8601. */
export interface SmbstatusOpen {
  readonly server_id: SmbstatusServerId;
  readonly uid: number;
  readonly share_file_id: string;
  readonly opened_at: string;
}

/** An open file or folder; its opens are named `<pid>/<share_file_id>`. */
export interface SmbstatusFile {
  readonly service_path: string;
  readonly filename: string;
  readonly fileid: { readonly devid: number; readonly inode: number; readonly extid: number };
  readonly num_pending_deletes: number;
  readonly opens: Readonly<Record<string, SmbstatusOpen>>;
}

/** The part of `smbstatus --json` that all releases from 4.17 on have in common. */
export interface Smbstatus {
  readonly timestamp: string;
  readonly version: string;
  readonly smb_conf: string;
  /** By session id, in decimal. */
  readonly sessions: Readonly<Record<string, SmbstatusSession>>;
  /** By tree connect id, in decimal. */
  readonly tcons: Readonly<Record<string, SmbstatusTcon>>;
  /** By full path. */
  readonly open_files: Readonly<Record<string, SmbstatusFile>>;
}

/** Parses the output of `smbstatus --json`. */
export function parseSmbstatus(json: string): Smbstatus {
  return JSON.parse(json) as Smbstatus;
}

/** What smbstatus prints without `--json`; all that 4.13 knows. With `--numeric`, names of users and groups are ids. */
export interface SmbstatusText {
  readonly sessions: readonly {
    readonly pid: number;
    readonly username: string;
    readonly groupname: string;
    readonly hostname: string;
    readonly dialect: string;
    readonly encryption: string;
  }[];
  readonly tcons: readonly {
    readonly service: string;
    readonly pid: number;
    readonly machine: string;
    readonly connectedAt: string;
    readonly encryption: string;
  }[];
  readonly opens: readonly { readonly pid: number; readonly uid: number }[];
}

const sessionLine = /^(\d+) +(.+?) +\S+ \((ipv[46]:\S+)\) +(\S+) +(\S+) +\S+ *$/;
/** A name may hold spaces; a group's must not, or it could not be told where the name ends. */
const userAndGroup = /^(\(auth in progress\)|.*?)(?: +(\S+))?$/;
const tconLine = /^(.*?) +(\d+) +(\S+) +(\w{3} \w{3} +\d+ [\d:]{8} \d{4} \S+) +(\S+) +\S+ *$/;
const openLine = /^(\d+) +(\d+) +DENY_\w+ +0x/;

/** Parses what smbstatus prints of sessions, shares and open files: a line that looks like none of them is none. */
export function parseSmbstatusText(text: string): SmbstatusText {
  const lines = text.split('\n');
  return {
    sessions: match(lines, sessionLine).map(([, pid, names, hostname, dialect, encryption]) => {
      const [, username = '', groupname = ''] = userAndGroup.exec(names!)!;
      return {
        pid: Number(pid),
        username: username.trim(),
        groupname,
        hostname: hostname!,
        dialect: dialect!,
        encryption: encryption!,
      };
    }),
    tcons: match(lines, tconLine).map(([, service, pid, machine, connectedAt, encryption]) => ({
      service: service!,
      pid: Number(pid),
      machine: machine!,
      connectedAt: connectedAt!,
      encryption: encryption!,
    })),
    opens: match(lines, openLine).map(([, pid, uid]) => ({ pid: Number(pid), uid: Number(uid) })),
  };
}

function match(lines: readonly string[], pattern: RegExp): RegExpExecArray[] {
  return lines.map((line) => pattern.exec(line)).filter((found) => found !== null);
}

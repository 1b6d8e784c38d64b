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

/** A session; the session of a login that is not complete yet has the uid -1. */
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

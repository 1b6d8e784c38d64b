/** One thing that was looked at. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'problem';
  /** A short word: samba, release, folders, layout, rights, namespaces, cluster, sessions, … */
  readonly topic: string;
  /** What was found, in plain words. */
  readonly text: string;
  /** What to do about it; null where there is nothing to do. */
  readonly advice: string | null;
}

export interface InstanceDiagnosis {
  readonly instance: number;
  readonly findings: readonly Finding[];
}

/** What `smbwho doctor` found: of smbwho itself, and of each Samba instance. */
export interface Diagnosis {
  /** smbwho's version. */
  readonly version: string;
  /** Node's version. */
  readonly node: string;
  readonly findings: readonly Finding[];
  readonly instances: readonly InstanceDiagnosis[];
}

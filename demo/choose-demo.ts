/** What `npm start` can be told. */
export interface Wishes {
  /** The private Samba, whatever runs here. */
  readonly demo: boolean;
  /** The recording, whatever runs here. */
  readonly recorded: boolean;
}

/** What this machine has. */
export interface Machine {
  /** Why the Samba of this machine can't be read, or null where it can. */
  readonly unreadable: string | null;
  readonly isRoot: boolean;
  readonly hasSmbd: boolean;
  readonly hasApt: boolean;
  readonly hasSudo: boolean;
}

/** `install` is the private Samba once its smbd has been installed. */
export type Choice = 'running' | 'private' | 'install' | 'recorded';

/** What to serve: the Samba that runs here, else a private one, else the recording of one. */
export function chooseDemo({ demo, recorded }: Wishes, machine: Machine): Choice {
  if (recorded) return 'recorded';
  if (!demo && machine.unreadable === null) return 'running';
  if (!machine.isRoot) return 'recorded';
  if (machine.hasSmbd) return 'private';
  return machine.hasApt ? 'install' : 'recorded';
}

/** The commands that bring a real Samba where the recording is served, each with what it does. */
export function waysToARealOne({ isRoot, hasSmbd, hasApt, hasSudo }: Machine): string[] {
  const start = isRoot ? 'npm start' : hasSudo ? 'sudo npm start' : "su -c 'npm start'";
  const demo = 'starts a private Samba with visitors';
  if (!isRoot) {
    const install = hasSmbd ? '' : hasApt ? ' (and installs smbd for it, after asking)' : '';
    const steps = [`${start}    serves the Samba that runs here, or else ${demo}${install}`];
    return hasSmbd || hasApt ? steps : ['install Samba, so that there is /usr/sbin/smbd; then', ...steps];
  }
  if (hasSmbd) return [`${start} -- --demo    ${demo}`];
  if (hasApt) return [`${start} -- --yes    installs smbd, its services masked, and ${demo}`];
  return ['install Samba, so that there is /usr/sbin/smbd; then', `${start}    ${demo}`];
}

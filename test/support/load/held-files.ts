import { type Session, Smb2Connection } from '../smb2/index.ts';

/** Open files to hold: each session has a connection of its own. */
export interface HeldFilesOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly share: string;
  readonly sessions: number;
  readonly opensEach: number;
}

/** Within the credits of one connection. */
const atOnce = 50;

/**
 * Opens files, each its own, until the connections are dropped. Each session has a folder: smbd looks through all of a
 * folder for a name that is not there.
 */
export async function holdFiles(options: HeldFilesOptions): Promise<void> {
  const { host, port, user, password, sessions } = options;
  for (let i = 0; i < sessions; i++) {
    const connection = await Smb2Connection.open({ host, port });
    await openAll(await connection.login({ user, password }), `session ${i}`, options);
  }
}

async function openAll(session: Session, name: string, { share, opensEach }: HeldFilesOptions): Promise<void> {
  const tree = await session.connect(share);
  await (await tree.open(name, { directory: true, disposition: 'open_if' })).close();
  for (let first = 0; first < opensEach; first += atOnce) {
    const count = Math.min(atOnce, opensEach - first);
    const names = Array.from({ length: count }, (_, i) => `${name}\\file ${first + i} of some.docx`);
    await Promise.all(names.map((file) => tree.open(file, { disposition: 'open_if' })));
  }
}

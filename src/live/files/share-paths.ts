import { join, normalize } from 'node:path';
import type { SambaInstance } from '../../samba/conf/index.ts';
import type { Looks } from './looks.ts';

/** Which share a folder is that smbd serves, as far as the configuration tells: by its folder, however it is named. */
export class SharePaths {
  private readonly root: string;
  private readonly paths = new Map<string, string>();
  /** Device and inode by path; null where nobody could look. */
  private readonly identities = new Map<string, string | null>();

  constructor({ root, sharePaths }: Pick<SambaInstance, 'root' | 'sharePaths'>) {
    this.root = root;
    for (const [name, path] of sharePaths ?? []) if (path !== null) this.paths.set(name, trimmed(path));
  }

  /** Looks at folders that have not been looked at yet, within a second. */
  async lookAt(servicePaths: Iterable<string>, looks: Looks): Promise<void> {
    const unknown = [...new Set([...servicePaths, ...this.paths.values()])].filter(
      (path) => !this.identities.has(path),
    );
    if (unknown.length === 0) return;
    await looks.each(unknown, async (path) => {
      const found = await looks.follow(join(this.root, path));
      this.identities.set(path, found && `${found.dev} ${found.ino}`);
    });
  }

  /** The one of these shares that is of a folder; null where that is not known, or another could be, too. */
  nameOf(servicePath: string, shareNames: Iterable<string>): string | null {
    const possible = [...shareNames].filter((name) => this.isOf(servicePath, name) !== 'no');
    // The only one that may be it could be the only one that is left: what was opened through another is there for a while.
    return possible.length === 1 && this.isOf(servicePath, possible[0]!) === 'yes' ? possible[0]! : null;
  }

  /** smbd says where a path leads to, not by which way; a folder that is not known may be any. */
  private isOf(servicePath: string, name: string): 'yes' | 'no' | 'perhaps' {
    const path = this.paths.get(name.toLowerCase());
    if (path === undefined) return 'perhaps';
    if (path === servicePath) return 'yes';
    const [one, other] = [this.identities.get(path) ?? null, this.identities.get(servicePath) ?? null];
    if (one === null || other === null) return 'perhaps';
    return one === other ? 'yes' : 'no';
  }
}

function trimmed(path: string): string {
  return path === '/' ? path : normalize(path).replace(/\/$/, '');
}

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Running } from './program.ts';
import { TemporaryFolder } from './temporary.ts';

/** A folder that is a small file system, for those processes alone that are started in it. */
export class SmallDisk implements AsyncDisposable {
  /** As the processes in it see it. */
  readonly path: string;
  /** What starts a process in it. */
  readonly wrapper: readonly string[];
  private readonly folder: TemporaryFolder;
  private readonly keeper: Running;

  static async mount(megabytes: number): Promise<SmallDisk> {
    const folder = new TemporaryFolder();
    const script = `mount -t tmpfs -o size=${megabytes}m,mode=700 tmpfs "$0" && echo mounted && exec sleep infinity`;
    const keeper = new Running('unshare', ['--mount', 'sh', '-c', script, folder.path]);
    try {
      await keeper.until(/mounted/);
    } catch (error) {
      await keeper.end();
      folder[Symbol.dispose]();
      throw error;
    }
    return new SmallDisk(folder, keeper);
  }

  private constructor(folder: TemporaryFolder, keeper: Running) {
    this.folder = folder;
    this.keeper = keeper;
    this.path = folder.path;
    this.wrapper = ['nsenter', '--mount', '--target', String(keeper.child.pid), '--'];
  }

  /** The path of a file in it, as this process sees it. */
  file(name: string): string {
    return join(`/proc/${this.keeper.child.pid}/root`, this.path, name);
  }

  /** Leaves no byte free. */
  fill(): void {
    for (const size of [65_536, 4096]) {
      try {
        for (;;) writeFileSync(this.file('ballast'), Buffer.alloc(size), { flag: 'a' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  }

  /** Gives back what was filled. */
  empty(): void {
    rmSync(this.file('ballast'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.keeper.end('SIGKILL');
    this.folder[Symbol.dispose]();
  }
}

import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { noSamba } from '../support/requirements.ts';
import { TemporaryFolder } from '../support/temporary.ts';

const script = fileURLToPath(new URL('../support/audit/fill-disk.ts', import.meta.url));

// It needs what a private smbd needs too: a mount namespace.
test.skipIf(noSamba !== null)(
  'a record whose disk is full refuses all that it is given, and then goes on',
  async () => {
    using folder = new TemporaryFolder();
    mkdirSync(folder.file('small'));
    const commands = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" "$1"';
    const words = ['--mount', 'sh', '-c', commands, 'sh', folder.file('small'), process.execPath, script];
    const { stdout } = await promisify(execFile)('unshare', words);
    const { refused, again, atFull, whenFull, after } = JSON.parse(stdout);
    expect(refused).toEqual({ code: 'AUDIT_UNWRITABLE', message: expect.stringContaining('full') });
    expect(again).toBe('AUDIT_UNWRITABLE');
    expect(atFull).toBeGreaterThan(0);
    // Of the three that were refused, none is there.
    expect(whenFull.head.seq).toBe(atFull);
    expect(after.head.seq).toBe(atFull + 3);
  },
);

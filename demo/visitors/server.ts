import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PrivateSamba, PrivateSambaOptions } from '../../test/support/samba/index.ts';

/** Names that a server meets sooner or later: a quote, umlauts, Chinese, and one that tries to colour the terminal. */
export const oddUser = '\x1b[31mmallory\x1b[0m';
export const oddShare = "O'Brien’s Entwürfe";

const users = ['alice', 'bob', 'carol', 'dave', '王小明', '李娜', "o'brien", 'ümlaut', oddUser];
const shares = ['projects', 'media', '文档', oddShare];

/** The server of the demo. */
export const demoServer: PrivateSambaOptions = {
  users: users.map((name) => ({ name })),
  shares: shares.map((name) => ({ name })),
  globals: { 'netbios name': 'DEMO' },
};

/** Puts the files that the visitors work on into each share. */
export function fillShares(samba: PrivateSamba): void {
  for (const folder of samba.shares.values()) {
    for (const name of ['report.txt', 'plan.txt', '笔记.txt']) {
      const path = join(folder, name);
      writeFileSync(path, `${name}\n`);
      chmodSync(path, 0o666);
    }
  }
}

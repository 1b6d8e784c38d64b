import type { LocalAccount } from '../sessions/index.ts';
import { styleOf } from './style.ts';
import { type Column, formatTable } from './table.ts';
import { visible } from './visible.ts';

/** Accounts of smbwho's own, a line each. Without a password one can only have tokens. */
export function formatAccounts(accounts: readonly LocalAccount[], colour: boolean): string {
  const style = styleOf(colour);
  const columns: Column<LocalAccount>[] = [
    { title: 'ID', align: 'right', text: ({ id }) => id },
    { title: 'NAME', text: ({ name }) => visible(name) },
    { title: 'ROLES', text: ({ roles }) => visible(roles.join(',')) || '-' },
    { title: 'PASSWORD', text: ({ hasPassword }) => (hasPassword ? 'set' : 'none') },
    { title: 'STATE', text: ({ isEnabled }) => (isEnabled ? style.good('enabled') : style.bad('disabled')) },
  ];
  return formatTable(columns, accounts, { width: null, paintTitles: style.title });
}

import { type AccessToken, type Instant, type Limits, toIso } from '../sessions/index.ts';
import { styleOf } from './style.ts';
import { type Column, formatTable } from './table.ts';
import { visible } from './visible.ts';

export interface ListLook {
  readonly width: number | null;
  readonly colour: boolean;
}

/** Tokens, a line each. STATE: valid, expired or revoked. */
export function formatTokens(
  tokens: readonly AccessToken[],
  at: Instant,
  { colour }: Pick<ListLook, 'colour'>,
): string {
  const style = styleOf(colour);
  const columns: Column<AccessToken>[] = [
    { title: 'ID', align: 'right', text: ({ id }) => id },
    { title: 'NAME', text: ({ name }) => visible(name ?? '-') },
    { title: 'OWNER', text: ({ owner }) => visible(owner.name) },
    { title: 'ROLE', text: ({ role }) => visible(role ?? '-') },
    { title: 'LIMITS', text: ({ limits }) => formatLimits(limits) },
    { title: 'CREATED', text: ({ createdAt }) => toMinute(createdAt) },
    { title: 'EXPIRES', text: ({ expiresAt }) => (expiresAt === null ? 'never' : toMinute(expiresAt)) },
    { title: 'LAST USED', text: ({ lastUsedAt }) => (lastUsedAt === null ? '-' : toMinute(lastUsedAt)) },
    {
      title: 'STATE',
      text: ({ isEnabled, expiresAt }) => {
        if (!isEnabled) return style.bad('revoked');
        return expiresAt !== null && expiresAt <= at ? style.warning('expired') : style.good('valid');
      },
    },
  ];
  return formatTable(columns, tokens, { width: null, paintTitles: style.title });
}

/** `share docs,media; from 192.0.2.0/24; instance 1`; `-` for none. */
function formatLimits(limits: Limits | null): string {
  const { shares = null, networks = null, instances = null } = limits ?? {};
  const kinds = [
    ['share', shares],
    ['from', networks],
    ['instance', instances],
  ] as const;
  const texts = kinds.flatMap(([kind, values]) => (values === null ? [] : [`${kind} ${values.join(',')}`]));
  return visible(texts.join('; ')) || '-';
}

/** In UTC, `2026-11-24 21:17`. */
function toMinute(instant: Instant): string {
  return toIso(instant).slice(0, 16).replace('T', ' ');
}

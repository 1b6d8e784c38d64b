import { elapsedMicros, formatLocation, type Instant, type Session } from '../sessions/index.ts';
import { formatAge } from './age.ts';
import { type Column, formatTable } from './table.ts';
import { visible } from './visible.ts';

/** The sessions as a person reads them. */
export function formatSessions(sessions: readonly Session[], at: Instant): string {
  const columns: Column<Session>[] = [
    { title: 'USER', text: ({ user }) => visible(user.name ?? user.sid ?? '?') },
    { title: 'FROM', text: ({ channels }) => visible(channels[0].client.address) },
    { title: 'SHARES', text: ({ shareNames }) => shareNames.map(visible).join(',') || '-' },
    { title: 'OPENS', align: 'right', text: formatOpens },
    { title: 'AGE', align: 'right', text: ({ openedAt }) => formatAge(elapsedMicros(openedAt, at)) },
    { title: 'FLAGS', text: formatFlags },
    { title: 'LOCATION', text: ({ location }) => formatLocation(location) },
  ];
  return formatTable(columns, sessions);
}

function formatOpens({ numOpens, numOpensCertainty }: Session): string {
  return numOpensCertainty === 'upper_bound' ? `<=${numOpens}` : String(numOpens);
}

function formatFlags({ isGuest, isAnonymous, encryption, dialect }: Session): string {
  const flags = [
    isGuest ? 'guest' : '',
    isAnonymous ? 'anonymous' : '',
    encryption === 'full' ? 'encrypted' : encryption === 'partial' ? 'part-encrypted' : '',
    dialect === 'NT1' ? 'smb1' : '',
  ].filter((flag) => flag !== '');
  return flags.join(',') || '-';
}

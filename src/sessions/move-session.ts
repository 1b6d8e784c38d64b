import type { Instant } from './instant.ts';
import type { Channel, Session } from './session.ts';

/** The session as another clock has it, which is ahead by so much: its ages there are those that it has here. */
export function moveSession(session: Session, byMicros: number): Session {
  const move = <T extends Instant | null>(instant: T) => (instant === null ? instant : instant + byMicros) as T;
  const moveOpened = <T extends { readonly openedAt: Instant | null }>(one: T): T => ({
    ...one,
    openedAt: move(one.openedAt),
  });
  const [first, ...others] = session.channels;
  const channels: Session['channels'] = [moveOpened(first), ...others.map((channel): Channel => moveOpened(channel))];
  return {
    ...session,
    openedAt: move(session.openedAt),
    authenticatedAt: move(session.authenticatedAt),
    expiresAt: move(session.expiresAt),
    lastActiveAt: move(session.lastActiveAt),
    channels,
    treeConnects: session.treeConnects.map(moveOpened),
  };
}

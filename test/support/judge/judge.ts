import { type PrivateSamba, parseSmbstatusText, type Smbstatus, type SmbstatusText } from '../samba/index.ts';
import type { JudgedSession, Judgement } from './judgement.ts';

/** Asks the smbstatus of this Samba's own release: its JSON, or before 4.17 its text. */
export async function askJudge(samba: PrivateSamba): Promise<Judgement> {
  const [, minor = 0] = samba.release.split('.').map(Number.parseFloat);
  if (minor >= 17) return judgeByJson(await samba.smbstatus());
  const [names, numbers] = [await samba.smbstatusText(), await samba.smbstatusText('--numeric')];
  return judgeByText(parseSmbstatusText(names), parseSmbstatusText(numbers));
}

function judgeByJson({ sessions, tcons, open_files }: Smbstatus): Judgement {
  return {
    sessions: Object.values(sessions).map(
      (session): JudgedSession => ({
        id: Number(session.session_id),
        pid: Number(session.server_id.pid),
        uid: session.uid,
        gid: session.gid,
        user: session.username,
        client: session.hostname,
        dialect: session.session_dialect,
        encryption: session.encryption.degree,
        ...(session.creation_time && { openedAt: toMicros(session.creation_time)! }),
        ...(session.auth_time && { authenticatedAt: toMicros(session.auth_time) ?? 0 }),
        ...(session.expiration_time && { expiresAt: toMicros(session.expiration_time) }),
        ...(session.channels && { channels: describeChannels(Object.values(session.channels)) }),
      }),
    ),
    trees: Object.values(tcons).map((tcon) => ({
      sessionId: Number(tcon.session_id),
      pid: Number(tcon.server_id.pid),
      share: tcon.service,
      client: tcon.machine,
      encryption: tcon.encryption.degree,
      openedAt: toMicros(tcon.connected_at)!,
    })),
    opens: Object.values(open_files).flatMap(({ opens }) =>
      Object.values(opens).map(({ server_id, uid }) => ({ pid: Number(server_id.pid), uid })),
    ),
  };
}

/** The same list twice: its names in one, its numbers in the other. */
function judgeByText(names: SmbstatusText, numbers: SmbstatusText): Judgement {
  const ids = numbers.sessions;
  if (ids.length !== names.sessions.length) throw new Error('sessions came or went between two calls of smbstatus');
  return {
    sessions: names.sessions.map((session, i): JudgedSession => {
      const { pid, username: user, hostname: client, dialect } = session;
      const encryption = degreeOf(session.encryption);
      return { pid, uid: Number(ids[i]!.username), gid: Number(ids[i]!.groupname), user, client, dialect, encryption };
    }),
    trees: names.tcons.map(({ pid, service: share, machine: client, connectedAt, encryption }) => ({
      pid,
      share,
      client,
      encryption: degreeOf(encryption),
      openedSecond: Date.parse(connectedAt) / 1000,
    })),
    opens: names.opens,
  };
}

/** `-`, `partial(AES-128-CCM)`, or a cipher alone. */
function degreeOf(protection: string): string {
  if (protection === '-') return 'none';
  return protection.startsWith('partial(') ? 'partial' : 'full';
}

function describeChannels(channels: NonNullable<Smbstatus['sessions'][string]['channels']>[string][]): string {
  const lines = channels.map((channel) => {
    return `${channel.local_address} ${channel.remote_address} ${toMicros(channel.creation_time)}`;
  });
  return lines.sort().join('\n');
}

/** "Never" is a year of more than four digits. */
function toMicros(time: string): number | null {
  const match = /^\d{4}-.*\.\d{3}(\d{3})/.exec(time);
  return match === null ? null : Date.parse(time) * 1000 + Number(match[1]);
}

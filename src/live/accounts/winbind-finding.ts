import { locateAccounts, type SambaInstance } from '../../samba/conf/index.ts';
import { askInterfaceVersion, isDomainReachable, WinbindClient, WinbindError } from '../../samba/winbind/index.ts';
import type { Finding } from '../../sessions/index.ts';

/** `WINBIND_INTERFACE_VERSION` of Samba 4.13 to 4.25. */
const knownVersions: readonly (number | null)[] = [31, 32, 33];
const topic = 'winbind';
const waitMs = 1500;

/** Whether a domain member's winbindd, and a domain controller behind it, can say whom a name of the domain means. */
export async function describeWinbind(instance: SambaInstance): Promise<Finding> {
  const note = (text: string, advice: string): Finding => ({ level: 'note', topic, text, advice });
  const { winbinddSocket: socketPath } = locateAccounts(instance);
  const winbind = new WinbindClient({ socketPath });
  const deadlineMs = performance.now() + waitMs;
  try {
    const version = await askInterfaceVersion(winbind, deadlineMs);
    if (!knownVersions.includes(version)) {
      return note(`winbindd has interface version ${version}, which is not known here`, 'report it, with its release');
    }
    return (await isDomainReachable(winbind, deadlineMs))
      ? {
          level: 'ok',
          topic,
          text: `winbindd answers at ${socketPath}, and a domain controller answers it`,
          advice: null,
        }
      : note('winbindd answers, but no domain controller answers it', missing);
  } catch (error) {
    if (!(error instanceof WinbindError)) throw error;
    return note(`winbindd does not answer at ${socketPath}: ${error.message}`, missing);
  }
}

const missing = 'until it does, users of the domain are found by their sessions only';

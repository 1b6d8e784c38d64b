import { formatSmbConf, Smbclient, smbclientArguments } from '../samba/index.ts';
import type { Machine } from './machine.ts';
import { memberDnsName, memberHost, netbiosName, realm } from './network.ts';
import { password } from './people.ts';

/** Who logs in, and how: `local` is an account of the member itself. */
export interface DomainLogin {
  readonly name: string;
  readonly by: 'ntlm' | 'kerberos' | 'local';
}

const confPath = '/etc/samba/client.conf';
const folder = '/run/client';

/** Prepares a machine for `openClient`. */
export async function installClient(machine: Machine): Promise<void> {
  // Clients would register themselves in the server's lock directory else.
  const directories = { 'lock directory': folder, 'private dir': folder };
  machine.write(confPath, formatSmbConf({ global: { realm, workgroup: netbiosName, ...directories } }));
  await machine.programs.run(['mkdir', folder]);
}

/** Opens a session on the member by smbclient, and holds it. A Kerberos ticket is got anew, and kept in memory. */
export async function openClient(
  machine: Machine,
  { name, by }: DomainLogin,
  { share, port }: { readonly share: string; readonly port: number },
): Promise<Smbclient> {
  const hasTicket = by === 'kerberos';
  const account = {
    ntlm: `${netbiosName}\\${name}`,
    kerberos: `${name}@${realm}`,
    local: `${memberHost.name.toUpperCase()}\\${name}`,
  }[by];
  const argv = smbclientArguments(
    {
      share,
      host: hasTicket ? memberDnsName : memberHost.address,
      args: [`--use-kerberos=${hasTicket ? 'required' : 'off'}`],
    },
    { name: account, password },
    { port, conf: confPath },
  );
  return Smbclient.open(machine.programs, argv);
}

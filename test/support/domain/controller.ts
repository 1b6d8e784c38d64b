import { join } from 'node:path';
import { Machine } from './machine.ts';
import { controllerHost, netbiosName, realm, systemFiles } from './network.ts';
import { password, people } from './people.ts';

const peopleScript = join(import.meta.dirname, 'people.py');
const options = [
  // Without what tells other controllers, or enters names that provisioning has entered.
  'server services=s3fs rpc ldap cldap kdc winbindd dns',
  'prefork children=1',
  'allow dns updates=disabled',
  'dns forwarder=',
];

/** A running domain controller. */
export interface Controller {
  readonly machine: Machine;
  readonly domainSid: string;
  /** SID by name, of users and groups. */
  readonly sids: Readonly<Record<string, string>>;
}

/** Makes a new domain with its people, and starts the controller; it answers some seconds later. */
export async function startController(): Promise<Controller> {
  const machine = await Machine.start({ ...controllerHost, files: systemFiles });
  try {
    const { domain, sids } = await provision(machine);
    machine.startDaemon(['samba', '-F', '--no-process-group', ...options.map((option) => `--option=${option}`)]);
    return { machine, domainSid: domain, sids };
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    throw error;
  }
}

async function provision({ programs }: Machine): Promise<{ domain: string; sids: Record<string, string> }> {
  const { name, address } = controllerHost;
  await programs.run([
    ...['samba-tool', 'domain', 'provision', '--server-role=dc', '--dns-backend=SAMBA_INTERNAL', '--use-rfc2307'],
    ...[`--realm=${realm}`, `--domain=${netbiosName}`, `--host-name=${name}`, `--host-ip=${address}`],
    ...[`--adminpass=${password}`, `--option=interfaces=${address}`, '--option=bind interfaces only=yes'],
  ]);
  // Debian's own Python, which has Samba's modules.
  return JSON.parse(await programs.run(['/usr/bin/python3', peopleScript, JSON.stringify({ ...people, password })]));
}

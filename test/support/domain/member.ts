import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPrivateAccounts, formatSmbConf } from '../samba/index.ts';
import type { Controller } from './controller.ts';
import { Machine } from './machine.ts';
import { memberHost, netbiosName, realm, systemFiles } from './network.ts';
import { localUsers, password } from './people.ts';

const share = 'docs';
const shareFolder = '/run/docs';
const smbConfPath = '/etc/samba/smb.conf';
const readyMs = 30_000;

/** The id of a domain's account on this server is its RID and this. */
export const firstDomainId = 200_000;

const smbConf = formatSmbConf({
  global: {
    security: 'ads',
    realm,
    workgroup: netbiosName,
    'netbios name': memberHost.name.toUpperCase(),
    interfaces: memberHost.address,
    'bind interfaces only': 'yes',
    'idmap config * : backend': 'tdb',
    'idmap config * : range': '100000-199999',
    [`idmap config ${netbiosName} : backend`]: 'rid',
    [`idmap config ${netbiosName} : range`]: `${firstDomainId}-999999`,
    'disable netbios': 'yes',
    'disable spoolss': 'yes',
    'load printers': 'no',
  },
  [share]: { path: shareFolder, 'read only': 'no' },
});

/** A server of the domain: smbd and winbindd, with everything where Debian has it. */
export class Member implements AsyncDisposable {
  readonly host: string = memberHost.address;
  readonly port: number = 445;
  readonly share: string = share;
  /** The configuration file as seen there. */
  readonly smbConf: string = smbConfPath;
  /** The same file as seen from here. */
  readonly smbConfOutside: string;
  readonly machine: Machine;
  readonly #winbindd: ChildProcess;

  static async start(controller: Controller): Promise<Member> {
    const { passwd, group } = await createPrivateAccounts(
      '/',
      localUsers.map((name) => ({ name })),
    );
    const files = { ...systemFiles, '/etc/passwd': passwd, '/etc/group': group, [smbConfPath]: smbConf };
    const machine = await Machine.start({ ...memberHost, files, neighbour: controller.machine });
    try {
      await machine.programs.run(['mkdir', '-m', '777', shareFolder]);
      await addLocalUsers(machine);
      await until(machine, ['net', 'ads', 'join', '--no-dns-updates', '-U', `Administrator%${password}`]);
      const winbindd = machine.startDaemon(['winbindd', '-F', '--no-process-group']);
      machine.startDaemon(['smbd', '-F', '--no-process-group']);
      await until(machine, ['wbinfo', '--ping-dc']);
      await until(machine, ['sh', '-c', `ss --listening --tcp --numeric | grep -q ${memberHost.address}:445`]);
      return new Member(machine, winbindd);
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(machine: Machine, winbindd: ChildProcess) {
    this.machine = machine;
    this.smbConfOutside = machine.outside(smbConfPath);
    this.#winbindd = winbindd;
  }

  /** From now on winbindd accepts no word and says none, as one that hangs. */
  stopWinbindd(): void {
    this.#winbindd.kill('SIGSTOP');
  }

  continueWinbindd(): void {
    this.#winbindd.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.machine[Symbol.asyncDispose]();
  }
}

async function addLocalUsers({ programs }: Machine): Promise<void> {
  for (const name of localUsers) {
    await programs.run(['sh', '-c', 'printf "%s\\n%s\\n" "$2" "$2" | smbpasswd -a -s "$1"', 'sh', name, password]);
  }
}

/** Runs a program again and again until it succeeds. */
async function until({ programs }: Machine, argv: readonly string[]): Promise<void> {
  for (const deadline = performance.now() + readyMs; ; await sleep(100)) {
    try {
      await programs.run(argv);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

import type { Smbclient } from '../samba/index.ts';
import { type DomainLogin, installClient, openClient } from './client.ts';
import { type Controller, startController } from './controller.ts';
import { firstDomainId, Member } from './member.ts';
import type { DomainAccount, people } from './people.ts';

/**
 * A real Active Directory domain of its own, with one server in it, in a network that nothing else is in. Nothing of it
 * stays behind, not even when our process is killed.
 *
 * @example
 * await using domain = await Domain.start(); // some 10 s
 * await using client = await domain.login({ name: 'alice', by: 'kerberos' });
 */
export class Domain implements AsyncDisposable {
  readonly sid: string;
  readonly member: Member;
  readonly #controller: Controller;

  static async start(): Promise<Domain> {
    const controller = await startController();
    try {
      await installClient(controller.machine);
      return new Domain(controller, await Member.start(controller));
    } catch (error) {
      await controller.machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(controller: Controller, member: Member) {
    this.sid = controller.domainSid;
    this.member = member;
    this.#controller = controller;
  }

  /** The address that clients come from: the controller's. */
  get clientAddress(): string {
    return this.#controller.machine.address;
  }

  /** Opens a session on the member with smbclient, and holds it. */
  async login(login: DomainLogin): Promise<Smbclient> {
    return openClient(this.#controller.machine, login, this.member);
  }

  /** A user or a group, see `people`. */
  account(name: (typeof people.users)[number] | keyof typeof people.groups): DomainAccount {
    const sid = this.#controller.sids[name]!;
    return { name, sid, id: firstDomainId + Number(sid.split('-').at(-1)) };
  }

  /** Ends both machines. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.member[Symbol.asyncDispose]();
    await this.#controller.machine[Symbol.asyncDispose]();
  }
}

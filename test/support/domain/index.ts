/** @module A real Active Directory domain with a member server, private and gone at the end. */
export type { DomainLogin } from './client.ts';
export { Domain } from './domain.ts';
export type { Member } from './member.ts';
export { type DomainAccount, localUsers, people } from './people.ts';

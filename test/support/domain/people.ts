/** Who is in the domain. */
export const password = 'Passw0rd.';

export const people = {
  /** carol has the name of an account of the member server too. */
  users: ['alice', 'jürgen', '王小明', 'carol', 'mallory'],
  disabled: ['mallory'],
  groups: { crew: ['alice', 'carol'] },
} as const;

/** The member server's own. */
export const localUsers = ['carol', 'ludwig'] as const;

/** A user or a group of the domain. */
export interface DomainAccount {
  /** Without the domain. */
  readonly name: string;
  readonly sid: string;
  /** What the member server gives it, uid or gid. */
  readonly id: number;
}

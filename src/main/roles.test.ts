import { expect, test } from 'vitest';
import { builtInRoles } from '../sessions/index.ts';
import { mergeRoles } from './roles.ts';

test('own roles stand beside the built-in ones, and nothing else does', () => {
  const roles = mergeRoles({ Helpdesk: ['PRIVILEGE_SMB_SESSION_READ'], Nobody: [] });
  expect({ ...roles }).toEqual({ ...builtInRoles, Helpdesk: ['PRIVILEGE_SMB_SESSION_READ'], Nobody: [] });
  expect(roles.constructor).toBeUndefined();
});

test.each([
  [{ Observers: [] }, 'Observers is built in'],
  [{ administrators: [] }, 'Administrators is built in'],
  [{ Helpdesk: ['PRIVILEGE_SMB_SESSION_READ', 'PRIVILEGE_FLY'] }, 'Helpdesk has "PRIVILEGE_FLY"'],
  [{ '': [] }, '"" is no name'],
  [{ '\u001b[31m': [] }, 'is no name'],
])('%j is refused', (own, message) => {
  expect(() => mergeRoles(own)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(() => mergeRoles(own)).toThrow(message);
});

import { type Config, ConfigError } from '../config/index.ts';
import { builtInRoles, type Privilege, privileges, type Roles } from '../sessions/index.ts';

const nameForm = /^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,63}$/u;

/**
 * The built-in roles, and the installation's own.
 *
 * @throws ConfigError where a name is taken or none, or a privilege is not there
 */
export function mergeRoles(own: Config['roles']): Roles {
  for (const [name, given] of Object.entries(own)) {
    if (!nameForm.test(name)) throw new ConfigError(`roles: "${name}" is no name for a role`);
    const taken = Object.keys(builtInRoles).find((each) => each.toLowerCase() === name.toLowerCase());
    if (taken !== undefined) throw new ConfigError(`roles: ${taken} is built in; give yours another name`);
    const unknown = given.find((each) => !isPrivilege(each));
    if (unknown !== undefined) {
      throw new ConfigError(
        `roles: ${name} has "${unknown}", which is no privilege; there are ${privileges.join(', ')}`,
      );
    }
  }
  // Without a prototype: no name of a role is there that nobody gave.
  return Object.freeze(Object.assign(Object.create(null), builtInRoles, own));
}

function isPrivilege(text: string): text is Privilege {
  return privileges.some((each) => each === text);
}

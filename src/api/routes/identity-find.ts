import Type from 'typebox';
import { findIdentity, userJson } from '../../sessions/index.ts';
import { ApiError } from '../errors.ts';
import { commonErrors } from '../schemas.ts';
import type { Api, RouteServices } from '../services.ts';

// A type of two words, not a union: Ajv would make '' of a null for the first part of one.
const text = (description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], description }));
const id = (description: string) =>
  Type.Optional(
    Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0, maximum: 0xffff_ffff, description }),
  );

const body = Type.Object(
  {
    domain: text('LOCAL, ACTIVE_DIRECTORY, POSIX_USER, POSIX_GROUP, …'),
    auth_id: text('A 64-bit number, decimal or 0x…'),
    uid: id("A unix user's id"),
    gid: id("A unix group's id; beside another key, that of a user's primary group"),
    sid: text('S-1-…'),
    name: text('A name, `DOMAIN\\user` or `user@realm`'),
  },
  { description: 'What is known of it: one id or the name at least, all that is given must be right' },
);

/** One account, connected or not, user or group. */
export function identityFind(api: Api, services: RouteServices): void {
  const schema = {
    operationId: 'findIdentity',
    summary: 'Find the user or group that has an id or a name',
    tags: ['Identities'],
    body,
    response: { 200: Type.Ref('Identity'), 404: Type.Ref('Error'), ...commonErrors },
  };
  const config = { privilege: 'PRIVILEGE_IDENTITY_READ' } as const;
  api.post('/v1/identity/find', { schema, config }, async (request) => {
    const { source, directory } = services.for(request);
    const { domain = null, auth_id: authId = null, uid = null, gid = null, sid = null, name = null } = request.body;
    const wanted = { domain, authId, uid, gid, sid, name };
    if ([authId, uid, gid, sid, name].every((key) => key === null)) {
      throw new ApiError('decode_error', 'the body must have auth_id, uid, gid, sid or name');
    }
    // Accounts are there without sessions: what keeps those from being read is no matter here.
    const { sessions } = await source.refresh();
    const found = await findIdentity(sessions, wanted, directory);
    if (found === null) throw new ApiError('identity_not_found_error', 'no account is all that the body says');
    return userJson(found);
  });
}

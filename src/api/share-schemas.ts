import Type from 'typebox';

const closed = { additionalProperties: false };
const type = Type.Union([Type.Literal('ALLOWED'), Type.Literal('DENIED')]);
const rights = Type.Array(Type.Union(['READ', 'WRITE', 'CHANGE_PERMISSIONS'].map((right) => Type.Literal(right))));

/** The nine keys of the contract. */
const ofContract = {
  id: Type.String({ description: 'The same on every node, and for as long as the share has its name' }),
  share_name: Type.String(),
  tenant_id: Type.Integer({ description: 'Number of the Samba instance; 1 is the default' }),
  fs_path: Type.String({ description: 'As the server sees it, with the % variables of its configuration' }),
  description: Type.String(),
  require_encryption: Type.Boolean(),
  permissions: Type.Array(Type.Object({ type, trustee: Type.Ref('Identity'), rights }, closed), {
    description: 'The first that fits decides',
  }),
  network_permissions: Type.Array(Type.Object({ type, address_ranges: Type.Array(Type.String()), rights }, closed), {
    description: 'The first that fits decides; no range means every address',
  }),
  access_based_enumeration_enabled: Type.Boolean(),
};

const SmbShareSchema = Type.Object(ofContract, { $id: 'SmbShare', ...closed });

const ShareSchema = Type.Object(
  {
    ...ofContract,
    is_path_variable: Type.Boolean({ description: 'Whether the path is another one for each user or client' }),
    unsaid: Type.Array(Type.String(), {
      description: "What bears on access and the permissions can't say, by its name in smb.conf; empty: they are exact",
    }),
  },
  { $id: 'Share', ...closed },
);

export const shareSchemas: readonly Type.TSchema[] = [SmbShareSchema, ShareSchema];

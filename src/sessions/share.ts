import { createHash } from 'node:crypto';
import type { Identity } from './identity.ts';
import { type SessionJson, userJson } from './session-json.ts';
import type { Part } from './source.ts';

export type ShareRight = 'READ' | 'WRITE' | 'CHANGE_PERMISSIONS';

/** All of them, in the order in which they are told. */
export const shareRights: readonly ShareRight[] = ['READ', 'WRITE', 'CHANGE_PERMISSIONS'];

/** What one user or group may do on a share, or may not. The first entry that fits a user and a right decides. */
export interface SharePermission {
  readonly type: 'ALLOWED' | 'DENIED';
  readonly trustee: Identity;
  readonly rights: readonly ShareRight[];
}

/** From which addresses a share can be used, or can't. The first entry that fits an address decides. */
export interface NetworkPermission {
  readonly type: 'ALLOWED' | 'DENIED';
  /** Addresses and networks (`10.1.0.0/16`); none means all. */
  readonly addressRanges: readonly string[];
  readonly rights: readonly ShareRight[];
}

/** A folder that a server shares. What users may do in it besides is said by the files' own permissions. */
export interface Share {
  readonly instance: number;
  /** Decimal digits, see `shareId`. */
  readonly id: string;
  readonly name: string;
  /** As the server sees it, with the `%` variables that its configuration has in it. */
  readonly path: string;
  /** Whether the path is another one for each user or client. */
  readonly isPathVariable: boolean;
  readonly description: string;
  /** Whether nobody can use it without encryption. */
  readonly requireEncryption: boolean;
  /** Whether what a user may not read, or may not write, is hidden from that user. */
  readonly accessBasedEnumeration: boolean;
  readonly permissions: readonly SharePermission[];
  readonly networkPermissions: readonly NetworkPermission[];
  /**
   * What bears on access and the permissions can't say, by its name in smb.conf, or `security descriptor`. Empty: they are
   * exact.
   */
  readonly unsaid: readonly string[];
}

/** All shares of a moment, by instance and name. */
export interface ShareList {
  readonly parts: readonly Part[];
  readonly shares: readonly Share[];
}

/** Where shares come from. */
export interface ShareSource {
  /** Never rejects for what Samba does or is: that is in the parts. */
  shares(): Promise<ShareList>;
}

/**
 * The id of a share: a number of at most 48 bits, from a hash of instance and name, so that it is the same on every node
 * and after a restart, and stays while another share comes or goes. A share of another name is another share.
 */
export function shareId(instance: number, name: string): string {
  const hash = createHash('sha256').update(`${instance} ${name.toLowerCase()}`).digest('hex');
  return String(Number.parseInt(hash.slice(0, 12), 16));
}

/** A share as plain JSON, in the words of the contract, and with what they can't say. */
export interface ShareJson {
  readonly id: string;
  readonly share_name: string;
  readonly tenant_id: number;
  readonly fs_path: string;
  readonly description: string;
  readonly require_encryption: boolean;
  readonly permissions: readonly {
    readonly type: SharePermission['type'];
    readonly trustee: SessionJson['user'];
    readonly rights: readonly ShareRight[];
  }[];
  readonly network_permissions: readonly {
    readonly type: NetworkPermission['type'];
    readonly address_ranges: readonly string[];
    readonly rights: readonly ShareRight[];
  }[];
  readonly access_based_enumeration_enabled: boolean;
  readonly is_path_variable: boolean;
  readonly unsaid: readonly string[];
}

export function toShareJson(share: Share): ShareJson {
  return {
    id: share.id,
    share_name: share.name,
    tenant_id: share.instance,
    fs_path: share.path,
    description: share.description,
    require_encryption: share.requireEncryption,
    permissions: share.permissions.map(({ type, trustee, rights }) => ({ type, trustee: userJson(trustee), rights })),
    network_permissions: share.networkPermissions.map(({ type, addressRanges, rights }) => ({
      type,
      address_ranges: addressRanges,
      rights,
    })),
    access_based_enumeration_enabled: share.accessBasedEnumeration,
    is_path_variable: share.isPathVariable,
    unsaid: share.unsaid,
  };
}

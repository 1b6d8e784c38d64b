import { type Share, type ShareList, type ShareSource, toShareJson } from '../sessions/index.ts';
import { checkRead } from './session-list.ts';

/** @throws ApiError samba_unavailable_error */
export async function readShares(source: ShareSource): Promise<ShareList> {
  const list = await source.shares();
  checkRead(list.parts);
  return list;
}

/** A share as the contract shows it: nine keys. */
export function toSmbShare(share: Share) {
  const { is_path_variable: _, unsaid: __, ...ofContract } = toShareJson(share);
  return ofContract;
}

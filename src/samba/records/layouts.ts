/**
 * How the structs of `source3/librpc/idl/smbXsrv.idl` and `librpc/idl/{auth,security}.idl` differ between releases.
 * Version 0 of smbXsrv was "designed to be unstable": fields came and went inside stable branches, so a release number
 * says nothing sure. The layout that consumes every record to its last byte is the right one.
 */
export interface Layout {
  /** The first upstream release with this layout. Distributions backport: Debian's 4.13.13 has the one of 4.14.14. */
  readonly since: string;
  /** `smbXsrv_version_values`: head, union arm and pointer marker of every record. */
  readonly version: 0 | 1;
  /** `auth_session_info.ticket_type` */
  readonly ticketType: boolean;
  /** `signing_algo` and `encryption_cipher` of session and channels, and a pointer behind the application key. */
  readonly signingAlgo: boolean;
  /** `smbXsrv_open_global.db_rec` */
  readonly openDbRec: boolean;
  /** `auth_user_info.user_flags` in place of `authenticated` */
  readonly userFlags: boolean;
  /** `smbXsrv_session_global.client_guid`, and the claims of `security_token` */
  readonly clientGuidAndClaims: boolean;
  /** `smbXsrv_channel_global.transport_type`; session, tree connect and create action in `smbXsrv_open_global` */
  readonly openSession: boolean;
}

/** Newest first: the order in which they are tried. */
export const layouts: readonly Layout[] = [
  row('4.25', 1, {
    ticketType: true,
    signingAlgo: true,
    userFlags: true,
    clientGuidAndClaims: true,
    openSession: true,
  }),
  row('4.23', 0, {
    ticketType: true,
    signingAlgo: true,
    userFlags: true,
    clientGuidAndClaims: true,
    openSession: true,
  }),
  row('4.20', 0, { ticketType: true, signingAlgo: true, userFlags: true, clientGuidAndClaims: true }),
  row('4.19', 0, { ticketType: true, signingAlgo: true, userFlags: true }),
  row('4.15.9', 0, { ticketType: true, signingAlgo: true, openDbRec: true }),
  row('4.15', 0, { signingAlgo: true, openDbRec: true }),
  row('4.14.14', 0, { ticketType: true, openDbRec: true }),
  row('4.13', 0, { openDbRec: true }),
];

function row(since: string, version: 0 | 1, traits: Partial<Layout>): Layout {
  const none = {
    ticketType: false,
    signingAlgo: false,
    openDbRec: false,
    userFlags: false,
    clientGuidAndClaims: false,
    openSession: false,
  };
  return { since, version, ...none, ...traits };
}

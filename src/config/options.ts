/** One option of the program, wherever it is set: flag, environment, configuration file, default, in that order. */
export interface OptionSpec {
  /** As commander reads it. */
  readonly flags: string;
  readonly environment: `SMBWHO_${string}`;
  /** Key in smbwho.yaml. */
  readonly key: string;
  readonly fallback?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

/** Every option that can also be set in the environment or in the configuration file. */
export const optionSpecs = {
  smbConf: {
    flags: '--smb-conf <file>',
    environment: 'SMBWHO_SMB_CONF',
    key: 'smb_conf',
    help: 'the smb.conf of the Samba to look at (default: of the smbd that runs here)',
  },
  listen: {
    flags: '--listen <host:port>',
    environment: 'SMBWHO_LISTEN',
    key: 'listen',
    fallback: '127.0.0.1:8000',
    help: 'address and port to serve on; [::]:8000 for all of this machine',
  },
  tls: {
    flags: '--tls <mode>',
    environment: 'SMBWHO_TLS',
    key: 'tls',
    fallback: 'self-signed',
    choices: ['self-signed', 'off'],
    help: 'certificate made on first start, or plain HTTP, which is for loopback only',
  },
  stateDir: {
    flags: '--state-dir <folder>',
    environment: 'SMBWHO_STATE_DIR',
    key: 'state_dir',
    fallback: '/var/lib/smbwho',
    help: 'where token and certificate are kept',
  },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof optionSpecs;

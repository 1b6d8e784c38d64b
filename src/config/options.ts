/** One option of the program, wherever it is set: flag, environment, configuration file, default, in that order. */
export interface OptionSpec {
  /** As commander reads it. */
  readonly flags: string;
  readonly environment: `SMBWHO_${string}`;
  /** Key in smbwho.yaml. */
  readonly key: string;
  readonly fallback?: string;
  readonly choices?: readonly string[];
  /** May be given several times; what stands between the values in the environment. The file may hold a list. */
  readonly separator?: ':' | ',';
  /** Needs no value: the flag alone is true. */
  readonly isFlag?: true;
  /** The file may hold a number. */
  readonly isNumber?: true;
  readonly help: string;
}

/** Every option that can also be set in the environment or in the configuration file. */
export const optionSpecs = {
  smbConf: {
    flags: '--smb-conf <[N=]file>',
    environment: 'SMBWHO_SMB_CONF',
    key: 'smb_conf',
    separator: ':',
    help: 'the smb.conf of a Samba to look at, and its number where there are several (default: the smbd that runs here)',
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
    choices: ['self-signed', 'files', 'off'],
    help: 'certificate made on first start, your own, or plain HTTP, which is for loopback only',
  },
  tlsCert: {
    flags: '--tls-cert <file>',
    environment: 'SMBWHO_TLS_CERT',
    key: 'tls_cert',
    help: 'your certificate and those above it, as PEM, for --tls files; read again on SIGHUP',
  },
  tlsKey: {
    flags: '--tls-key <file>',
    environment: 'SMBWHO_TLS_KEY',
    key: 'tls_key',
    help: 'its private key, as PEM',
  },
  allowPlainHttp: {
    flags: '--allow-plain-http [boolean]',
    environment: 'SMBWHO_ALLOW_PLAIN_HTTP',
    key: 'allow_plain_http',
    isFlag: true,
    help: 'plain HTTP beyond loopback too, where tokens can be read on the way',
  },
  allowedHost: {
    flags: '--allowed-host <name>',
    environment: 'SMBWHO_ALLOWED_HOST',
    key: 'allowed_host',
    separator: ',',
    help: 'another name of this server that a Host header may have on plain HTTP',
  },
  trustedProxy: {
    flags: '--trusted-proxy <ip|cidr>',
    environment: 'SMBWHO_TRUSTED_PROXY',
    key: 'trusted_proxy',
    separator: ',',
    help: 'a proxy whose X-Forwarded-For is believed',
  },
  stateDir: {
    flags: '--state-dir <folder>',
    environment: 'SMBWHO_STATE_DIR',
    key: 'state_dir',
    fallback: '/var/lib/smbwho',
    help: 'where accounts, tokens, certificate and the record of what was done are kept',
  },
  runDir: {
    flags: '--run-dir <folder>',
    environment: 'SMBWHO_RUN_DIR',
    key: 'run_dir',
    fallback: '/run/smbwho',
    help: 'where the socket stands through which commands on this machine ask the server',
  },
  auditRetention: {
    flags: '--audit-retention <days>',
    environment: 'SMBWHO_AUDIT_RETENTION',
    key: 'audit_retention',
    fallback: '400d',
    help: 'how long what was done stays recorded, such as 90d',
  },
  closeLimit: {
    flags: '--close-limit <number>',
    environment: 'SMBWHO_CLOSE_LIMIT',
    key: 'close_limit',
    isNumber: true,
    help: 'the most sessions that one call may close (default: 20000, and never more)',
  },
  fallback: {
    flags: '--fallback <source>',
    environment: 'SMBWHO_FALLBACK',
    key: 'fallback',
    fallback: 'smbstatus',
    choices: ['smbstatus', 'off'],
    help: 'where the sessions of a Samba come from whose records are of an unknown layout',
  },
  fallbackMemory: {
    flags: '--fallback-memory <size>',
    environment: 'SMBWHO_FALLBACK_MEMORY',
    key: 'fallback_memory',
    fallback: '1G',
    help: 'what smbstatus may take for that, such as 512M or 2G',
  },
  fallbackTimeout: {
    flags: '--fallback-timeout <time>',
    environment: 'SMBWHO_FALLBACK_TIMEOUT',
    key: 'fallback_timeout',
    fallback: '10s',
    help: 'how long it may take, such as 30s',
  },
  server: {
    flags: '--server <url>',
    environment: 'SMBWHO_SERVER',
    key: 'server',
    help: 'ask the smbwho at this address instead',
  },
  tokenFile: {
    flags: '--token-file <file>',
    environment: 'SMBWHO_TOKEN_FILE',
    key: 'token_file',
    help: 'file with the token for --server',
  },
  ca: {
    flags: '--ca <file>',
    environment: 'SMBWHO_CA',
    key: 'ca',
    help: 'certificate, or authority, that the server is trusted by',
  },
  fingerprint: {
    flags: '--fingerprint <sha256>',
    environment: 'SMBWHO_FINGERPRINT',
    key: 'fingerprint',
    help: "SHA-256 fingerprint of the server's certificate, to trust that one alone",
  },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof optionSpecs;

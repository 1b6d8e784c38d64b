/** The machines of the domain, and what each knows of the others. */
export const realm = 'AD.TEST';
export const netbiosName = 'AD';
const dnsName = realm.toLowerCase();

export const controllerHost = { name: 'dc1', address: '10.77.0.1' } as const;
export const memberHost = { name: 'files', address: '10.77.0.2' } as const;

/** The member as Kerberos names it. */
export const memberDnsName = `${memberHost.name}.${dnsName}`;

/** Files of each machine, by path: names come from the controller, accounts from the domain too. */
export const systemFiles: Readonly<Record<string, string>> = {
  '/etc/hosts': `127.0.0.1 localhost\n${[controllerHost, memberHost].map(hostLine).join('')}`,
  '/etc/nsswitch.conf': 'passwd: files winbind\ngroup: files winbind\nhosts: files dns\n',
  '/etc/resolv.conf': `search ${dnsName}\nnameserver ${controllerHost.address}\n`,
  '/etc/samba/krb5.conf': `[libdefaults]\ndefault_realm = ${realm}\ndns_lookup_realm = false\ndns_lookup_kdc = true\n`,
};

function hostLine({ name, address }: { readonly name: string; readonly address: string }): string {
  return `${address} ${name}.${dnsName} ${name}\n`;
}

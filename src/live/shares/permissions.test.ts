import { describe, expect, test } from 'vitest';
import type { AccessEntry } from '../../samba/records/index.ts';
import { toNetworkPermissions } from './network-permissions.ts';
import { type Dacl, type Trustee, toGrants } from './permissions.ts';

const values = (of: Readonly<Record<string, string>>) => new Map(Object.entries(of));
const nameOf = (trustee: Trustee) => (trustee.kind === 'sid' ? trustee.sid : `${trustee.kind} ${trustee.name}`);

/** `+ who: R W C` for each entry. */
function grants(of: Readonly<Record<string, string>>, dacl: Dacl = null, mayBeGuests = false) {
  const { grants: list, unsaid } = toGrants({ values: values(of) }, dacl, mayBeGuests);
  const texts = list.map(({ type, trustee, rights }) => {
    return `${type === 'ALLOWED' ? '+' : '-'} ${nameOf(trustee)}: ${rights.map((right) => right[0]).join('')}`;
  });
  return { list: texts, unsaid };
}

const ace = (
  type: AccessEntry['type'],
  accessMask: number,
  sid: string | null = 'S-1-5-21-1-2-3-1000',
): AccessEntry => ({
  type,
  accessMask,
  sid,
});

describe('what smb.conf allows', () => {
  test.each<[Record<string, string>, string[], string[]]>([
    [{}, ['+ S-1-1-0: R'], []],
    [{ readonly: 'no' }, ['+ S-1-1-0: RWC'], []],
    [
      { validusers: 'a, +b &c @"d e" S-1-5-32-544' },
      ['+ account a: R', '+ group b: R', '+ group c: R', '+ group d e: R', '+ S-1-5-32-544: R'],
      [],
    ],
    [{ readonly: 'no', invalidusers: 'a' }, ['- account a: RWC', '+ S-1-1-0: RWC'], []],
    [{ writelist: 'a' }, ['+ account a: RWC', '+ S-1-1-0: R'], []],
    [{ validusers: '@a b', writelist: 'b' }, ['+ account b: RWC', '+ group a: R', '+ account b: R'], []],
    // Whether c is of a is not known here.
    [{ validusers: '@a', writelist: 'c' }, ['+ account c: RWC', '+ group a: R'], ['write list']],
    [
      { readonly: 'no', readlist: 'a b', writelist: 'b' },
      ['+ account b: RWC', '- account a: WC', '- account b: WC', '+ S-1-1-0: RWC'],
      [],
    ],
    [{ readlist: 'a', readonly: 'yes' }, ['+ S-1-1-0: R'], []],
    [{ readonly: 'no', writelist: 'a' }, ['+ S-1-1-0: RWC'], []],
    [{ validusers: '%S' }, [], ['valid users']],
    [{ adminusers: 'root', guestonly: 'yes', guestok: 'yes' }, ['+ S-1-1-0: R'], ['admin users', 'guest only']],
  ])('%j', (of, list, unsaid) => {
    expect(grants(of)).toEqual({ list, unsaid });
  });

  test('guests are kept out where there can be some', () => {
    expect(grants({}, null, true).list).toEqual(['- S-1-5-32-546: RWC', '+ S-1-1-0: R']);
    expect(grants({ guestok: 'yes' }, null, true).list).toEqual(['+ S-1-1-0: R']);
  });
});

describe('what the access list allows', () => {
  const [full, change, read] = [0x1f01ff, 0x1301bf, 0x1200a9];
  const sid = 'S-1-5-21-1-2-3-1000';

  test.each<[string, Dacl, Record<string, string>, string[], string[]]>([
    [
      'in its order',
      [ace('denied', change), ace('allowed', full, 'S-1-1-0')],
      { readonly: 'no' },
      [`- ${sid}: RW`, '+ S-1-1-0: RWC'],
      [],
    ],
    ['nobody', [], { readonly: 'no' }, [], []],
    ['no more than smb.conf', [ace('allowed', full)], {}, [`+ ${sid}: R`], []],
    [
      'no less than it denies',
      [ace('allowed', full)],
      { readonly: 'no', invalidusers: 'a', readlist: 'b' },
      ['- account a: RWC', '- account b: WC', `+ ${sid}: RWC`],
      [],
    ],
    [
      'by generic masks',
      [ace('allowed', 0x10000000), ace('allowed', 0xa0000000)],
      { readonly: 'no' },
      [`+ ${sid}: RWC`, `+ ${sid}: R`],
      [],
    ],
    [
      'by others, as far as they can be said',
      [ace('allowed', 0x40001), ace('allowed', 0x20)],
      { readonly: 'no' },
      [`+ ${sid}: R`],
      ['security descriptor'],
    ],
    [
      'by kinds that are not known',
      [ace('other', full, null), ace('allowed', read)],
      {},
      [`+ ${sid}: R`],
      ['security descriptor'],
    ],
    [
      'not said where smb.conf chooses too',
      [ace('allowed', read)],
      { validusers: 'a' },
      ['+ account a: R'],
      ['security descriptor'],
    ],
    ['said where it allows all', [ace('allowed', full, 'S-1-1-0')], { validusers: 'a' }, ['+ account a: R'], []],
  ])('%s', (_, dacl, of, list, unsaid) => {
    expect(grants(of, dacl)).toEqual({ list, unsaid });
  });
});

describe('from where', () => {
  /** `+ ranges` for each entry; nothing behind it: all. */
  function network(of: Readonly<Record<string, string>>, defaults = of) {
    const { permissions, unsaid } = toNetworkPermissions(values(of), values(defaults));
    const list = permissions.map(({ type, addressRanges }) =>
      [type === 'ALLOWED' ? '+' : '-', ...addressRanges].join(' '),
    );
    return { list, unsaid };
  }
  const loopback = '+ 127.0.0.1 ::1';

  test.each<[Record<string, string>, string[], string[]]>([
    [{}, ['+'], []],
    [
      { hostsallow: '10. 192.168.7. 172.16.0.0/255.240.0.0, 1.2.3.4' },
      [loopback, '+ 10.0.0.0/8 192.168.7.0/24 172.16.0.0/12 1.2.3.4'],
      [],
    ],
    [{ hostsallow: '2001:db8::/32 [fe80::]/10 ::ffff:1.2.3.4' }, [loopback, '+ 2001:db8::/32 fe80::/10 1.2.3.4'], []],
    [{ hostsallow: '10. EXCEPT 10.1.' }, [loopback, '- 10.1.0.0/16', '+ 10.0.0.0/8'], []],
    [{ hostsdeny: 'ALL EXCEPT 10.' }, ['+ 10.0.0.0/8', '-', '+'], []],
    [{ hostsallow: '10.', hostsdeny: 'ALL' }, ['+ 10.0.0.0/8', '-', '+'], []],
    [{ hostsallow: '10. EXCEPT 10.1.', hostsdeny: '11.' }, ['+ 10.0.0.0/8', '- 11.0.0.0/8', '+'], ['hosts allow']],
    [{ hostsallow: '.example.com @net 10.', hostsdeny: 'pc1' }, ['+ 10.0.0.0/8', '+'], ['hosts allow', 'hosts deny']],
    [{ hostsallow: '10.0.0.0/255.0.255.0 10.0.0.0/33 1.2.3.999 1.2*' }, [loopback], ['hosts allow']],
  ])('%j', (of, list, unsaid) => {
    expect(network(of)).toEqual({ list, unsaid });
  });

  test('what [global] asks of every connection besides is told', () => {
    expect(network({ hostsallow: '10.' }, { hostsallow: '10.2.' }).unsaid).toEqual(['hosts allow']);
    expect(network({ hostsallow: '10.' }, {}).unsaid).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { parseSmbstatusText } from './smbstatus.ts';

const text = `
Samba version 4.13.13-Debian
PID     Username     Group        Machine                                   Protocol Version  Encryption           Signing
----------------------------------------------------------------------------------------------------------------------
1037    alice        alice        127.0.0.1 (ipv4:127.0.0.1:52584)          SMB3_11           -                    partial(AES-128-CMAC)
1038    ann smith    staff        ::1 (ipv6:::1:45760)                      SMB3_02           partial(AES-128-CCM) -
1037    (auth in progress)        127.0.0.1 (ipv4:127.0.0.1:52584)          SMB3_11           -                    -

Service      pid     Machine       Connected at                     Encryption   Signing
---------------------------------------------------------------------------------------------
Ärzte ü 文档 1037    127.0.0.1     Wed Nov 25 00:24:44 2026 UTC     -            -
a b 12       1038    ::1           Tue Dec  1 00:24:44 2026 UTC     AES-128-GCM  -

Locked files:
Pid          User(ID)   DenyMode   Access      R/W        Oplock           SharePath   Name   Time
--------------------------------------------------------------------------------------------------
1038         20002      DENY_NONE  0x12019f    RDWR       NONE             /shares/docs   report.txt   Wed Nov 25 00:24:43 2026
`;

test('the text of smbstatus, with spaces in names', () => {
  const local = { hostname: 'ipv4:127.0.0.1:52584', dialect: 'SMB3_11', encryption: '-' };
  const ipv6 = { hostname: 'ipv6:::1:45760', dialect: 'SMB3_02', encryption: 'partial(AES-128-CCM)' };
  expect(parseSmbstatusText(text)).toEqual({
    sessions: [
      { pid: 1037, username: 'alice', groupname: 'alice', ...local },
      { pid: 1038, username: 'ann smith', groupname: 'staff', ...ipv6 },
      { pid: 1037, username: '(auth in progress)', groupname: '', ...local },
    ],
    tcons: [
      {
        service: 'Ärzte ü 文档',
        pid: 1037,
        machine: '127.0.0.1',
        connectedAt: 'Wed Nov 25 00:24:44 2026 UTC',
        encryption: '-',
      },
      {
        service: 'a b 12',
        pid: 1038,
        machine: '::1',
        connectedAt: 'Tue Dec  1 00:24:44 2026 UTC',
        encryption: 'AES-128-GCM',
      },
    ],
    opens: [{ pid: 1038, uid: 20002 }],
  });
});

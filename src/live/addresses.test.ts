import { expect, test } from 'vitest';
import { parseChannelAddress } from './addresses.ts';

test.each([
  ['ipv4:192.0.2.7:49152', '192.0.2.7', 49_152],
  ['ipv6:::1:52998', '::1', 52_998],
  ['ipv6:2001:db8::7:445', '2001:db8::7', 445],
  ['ipv6:fe80::1%eth0:50000', 'fe80::1', 50_000],
  ['ipv6:::ffff:192.0.2.7:50000', '192.0.2.7', 50_000],
  ['unix:/run/x', 'unix:/run/x', 0],
  ['', '', 0],
  ['ipv4:', 'ipv4:', 0],
])('%s', (text, address, port) => {
  expect(parseChannelAddress(text)).toEqual({ address, port });
});

import { expect, test } from 'vitest';
import type { Counters } from './connection-activity.ts';
import { addTo } from './connections.ts';

const connection = (cookie: number, lastReceivedMs: number) => ({
  ...{ local: 'fe80::1', localPort: 445, remote: 'fe80::2', remotePort: 50_000, cookie, lastReceivedMs },
  ...{ bytesReceived: 1, bytesSent: 1, segmentsReceived: 1 },
});

test.each([[[connection(1, 9000), connection(2, 300)]], [[connection(2, 300), connection(1, 9000)]]])(
  'of two connections between the same addresses, the one that was used last counts',
  (connections) => {
    const look = new Map<string, Counters>();
    addTo(look, { takenAtMs: 20_000, connections });
    expect([...look.values()].map(({ cookie }) => cookie)).toEqual([2]);
  },
);

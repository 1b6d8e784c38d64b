import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { dumpConnections } from '../../src/kernel/index.ts';
import { measure, timedAsync } from './measure.ts';

const count = 10_000;
const repeats = 15;
const run = promisify(execFile);

/** Connects so often, from several addresses, until its stdin ends: in a process of its own, for its descriptors. */
const clients = `
const { connect } = require('node:net');
const [port, count] = process.argv.slice(1).map(Number);
process.stdin.resume().once('end', () => process.exit());
(async () => {
  for (let i = 0; i < count; i++) {
    const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.' + (2 + (i % 8)) });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.write('x');
  }
  console.log('connected');
})();
`;

/** One look at so many connections beside one by `ss`: both on this machine, whose kernel has their other ends as well. */
export async function benchIdleCost(): Promise<void> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, ['-e', clients, String(port), String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    await compare(port);
  } finally {
    child.stdin.end();
    await once(child, 'exit');
    server.close();
  }
}

async function compare(port: number): Promise<void> {
  const counts: number[] = [];
  const blocks: number[] = [];
  const cpu: number[] = [];
  const contenders = [
    {
      name: 'one look',
      run: async () => {
        const delay = monitorEventLoopDelay({ resolution: 1 });
        const before = process.cpuUsage();
        delay.enable();
        const ms = await timedAsync(async () => {
          counts.push((await dumpConnections(port)).reduce((sum, part) => sum + part.connections.length, 0));
        });
        delay.disable();
        const { user, system } = process.cpuUsage(before);
        cpu.push((user + system) / 1000);
        blocks.push(delay.max / 1e6);
        return ms;
      },
    },
    {
      name: 'ss -tinH, its text read',
      run: () =>
        timedAsync(async () => {
          const words = ['-tinH', 'state', 'established', 'sport', '=', `:${port}`];
          const { stdout } = await run('ss', words, { maxBuffer: 2 ** 26 });
          counts.push([...stdout.matchAll(/ lastrcv:\d+ /g)].length);
        }),
    },
  ];
  const measured = await measure(contenders, repeats);
  if (new Set(counts).size !== 1) throw new Error(`not the same connections: ${[...new Set(counts)]}`);
  console.log(`${counts[0]} connections, median of ${repeats} (fastest to slowest)`);
  for (const { name, medianMs, minMs, maxMs } of measured) {
    console.log(`  ${name}: ${medianMs!.toFixed(1)} ms (${minMs!.toFixed(1)} to ${maxMs!.toFixed(1)})`);
  }
  console.log(`  times as fast: ${(measured[1]!.medianMs! / measured[0]!.medianMs!).toFixed(1)}`);
  console.log(
    `  of a look, CPU: ${median(cpu).toFixed(1)} ms; longest block of the event loop: ${median(blocks).toFixed(1)} ms`,
  );
  console.log(`  … at worst of ${blocks.length} looks: ${Math.max(...blocks).toFixed(1)} ms`);
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1]!;
}

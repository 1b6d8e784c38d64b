import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceOptions } from '../cli/index.ts';
import { RemoteSource } from '../client/index.ts';
import { parseFallback, parseInstances } from '../config/index.ts';
import { diagnoseInstance } from '../live/index.ts';
import type { Diagnosis, Finding } from '../sessions/index.ts';
import { socketName, toLocalOptions } from './sources.ts';

/** What `doctor` says of this machine: the program, the server that runs here, and each Samba. */
export async function diagnose(options: SourceOptions, version: string): Promise<Diagnosis> {
  const fallback = parseFallback(options);
  const instances = parseInstances(options.smbConf ?? []).map((option) => ({ ...toLocalOptions(option), fallback }));
  return {
    version,
    node: process.version,
    findings: [describeUser(), await describeServer(join(options.runDir, socketName))],
    instances: await Promise.all(instances.map(diagnoseInstance)),
  };
}

function describeUser(): Finding {
  const uid = process.getuid?.();
  return uid === 0
    ? { level: 'ok', topic: 'rights', text: 'running as root', advice: null }
    : {
        level: 'note',
        topic: 'rights',
        text: `running as user ${uid}, and Samba's files are root's`,
        advice: 'run as root, or with CAP_DAC_READ_SEARCH, where files can not be read',
      };
}

async function describeServer(socketPath: string): Promise<Finding> {
  const topic = 'server';
  if (!existsSync(socketPath)) return { level: 'ok', topic, text: 'no smbwho serves on this machine', advice: null };
  const { parts } = await new RemoteSource({ socketPath }).refresh();
  const failed = parts.flatMap(({ problems }) => problems).find(({ code }) => code.startsWith('SERVER_'));
  return failed === undefined
    ? { level: 'ok', topic, text: `smbwho serves on this machine, and answers at ${socketPath}`, advice: null }
    : { level: 'note', topic, text: failed.message, advice: null };
}

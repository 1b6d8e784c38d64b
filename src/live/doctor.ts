import { askRelease, type SambaInstance } from '../samba/conf/index.ts';
import { layouts } from '../samba/records/index.ts';
import type { Finding, InstanceDiagnosis, Problem } from '../sessions/index.ts';
import { describeWinbind } from './accounts/winbind-finding.ts';
import { type FallbackOptions, FallbackSource } from './fallback-source.ts';
import { describeFiles } from './file-findings.ts';
import { sharesNetwork } from './idle/connections.ts';
import type { IdleReport } from './idle/idle-source.ts';
import type { LocalSourceOptions } from './local-source.ts';
import type { SambaServer } from './samba-server.ts';

/** Looks at one Samba instance as a whole: found where, read how, and what stands in the way. */
export async function diagnoseInstance(options: FallbackOptions): Promise<InstanceDiagnosis> {
  using source = new FallbackSource(options);
  const { parts, sessions } = await source.refresh();
  const server = source.lastRead;
  const instance = server?.instance ?? tryLocate(options);
  const findings: Finding[] = [];
  if (instance !== null) findings.push(...(await describePlace(instance)));
  if (instance?.isDomainMember) findings.push(await describeWinbind(instance));
  const { problems } = parts[0]!;
  for (const { code, message } of problems) {
    const find = code === 'FALLBACK_USED' ? note : problem;
    findings.push(find('reading', `${code}: ${message}`));
  }
  findings.push(...describeFallback(options, problems, sessions.length));
  if (server !== null) {
    findings.push(...describeRecords(server, sessions.length));
    findings.push(...(await describeFiles(options.instance, source.local, problems)));
  }
  if (source.lastIdleReport !== null) findings.push(describeIdle(source.lastIdleReport));
  return { instance: options.instance, findings };
}

async function describePlace(instance: SambaInstance): Promise<Finding[]> {
  const { pid, root, smbConfPath, lockDirectory } = instance;
  const findings: Finding[] = [];
  if (pid === null) {
    findings.push(note('samba', 'no smbd runs that has these files open', 'start Samba, or name its smb.conf'));
  } else {
    findings.push(ok('samba', `smbd runs, its first process is ${pid}`));
    const release = await askRelease(pid, root);
    findings.push(
      ok('release', release === null ? 'not asked: it runs in a root folder of its own' : `Samba ${release}`),
    );
  }
  findings.push(
    smbConfPath === null
      ? note('folders', 'its smb.conf was not found', 'name it with --smb-conf')
      : ok('folders', `configuration ${smbConfPath}`),
  );
  findings.push(ok('folders', `lock directory ${lockDirectory}`));
  if (instance.isClustered)
    findings.push(problem('cluster', 'it is a node of a CTDB cluster', 'clusters are not served yet'));
  else findings.push(ok('cluster', 'it stands alone'));
  return pid === null ? findings : [...findings, ...describeNamespaces(instance, pid)];
}

function describeNamespaces({ root, sharesPidNamespace }: SambaInstance, pid: number): Finding[] {
  const findings: Finding[] = [];
  if (root !== '')
    findings.push(ok('namespaces', 'it has a root folder or mounts of its own; its files are read through /proc'));
  if (!sharesPidNamespace) {
    const text = 'it counts its processes in a pid namespace of its own; which of them live is told by msg.lock alone';
    findings.push(note('namespaces', text, null));
  }
  if (!sharesNetwork(pid)) {
    findings.push(note('namespaces', 'it has a network of its own; its connections can not be seen from here', null));
  }
  return findings;
}

/** What the fallback did, or could have done. */
function describeFallback({ fallback }: FallbackOptions, problems: readonly Problem[], numListed: number): Finding[] {
  const codes = problems.map(({ code }) => code);
  if (!codes.includes('RECORD_LAYOUT_UNKNOWN')) return [];
  if (codes.includes('FALLBACK_USED')) return [ok('sessions', `${numListed} listed by smbstatus`)];
  if (fallback !== null) return [problem('sessions', 'none listed: smbstatus could not take over')];
  return [problem('sessions', 'none listed: smbstatus may not take over', 'allow it with --fallback smbstatus')];
}

function describeRecords(server: SambaServer, numListed: number): Finding[] {
  const { layouts: fitting, numSessions, numTreeConnects, numOpens } = server.examine();
  const oldest = fitting.at(-1);
  const findings: Finding[] = [ok('rights', `the files in ${server.instance.lockDirectory} can be read`)];
  if (oldest === undefined) {
    findings.push(ok('layout', 'there is no record yet to tell the layout by'));
  } else {
    const next = layouts[layouts.indexOf(fitting[0]!) - 1];
    const until = next === undefined ? ' or later' : `, and of those before ${next.since}`;
    findings.push(ok('layout', `the records are those of Samba ${oldest.since}${until}`));
  }
  findings.push(ok('sessions', `${numListed} listed`));
  const left = numSessions - numListed;
  if (left > 0) {
    findings.push(ok('sessions', `${left} left out: logins not finished, being torn down, or of a process that died`));
  }
  findings.push(ok('sessions', `${numTreeConnects} tree connects and ${numOpens} opens on record`));
  return findings;
}

function describeIdle(report: IdleReport): Finding {
  if ('reason' in report) return note('idle', `idle times are unknown: ${report.reason}`, report.advice);
  const { numConnections, numFound } = report;
  const text = `the kernel counts what comes over ${numFound} of ${numConnections} connections`;
  return numFound === numConnections
    ? ok('idle', text)
    : note('idle', `${text}; sessions of the others have an unknown idle time`);
}

function tryLocate({ locate }: LocalSourceOptions): SambaInstance | null {
  try {
    return locate();
  } catch {
    return null; // the source has said why
  }
}

function ok(topic: string, text: string): Finding {
  return { level: 'ok', topic, text, advice: null };
}

function note(topic: string, text: string, advice: string | null = null): Finding {
  return { level: 'note', topic, text, advice };
}

function problem(topic: string, text: string, advice: string | null = null): Finding {
  return { level: 'problem', topic, text, advice };
}

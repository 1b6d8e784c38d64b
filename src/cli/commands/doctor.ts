import type { Command } from 'commander';
import type { CliContext, SourceOptions } from '../context.ts';
import { formatDiagnosis } from '../diagnosis-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { fallbackOptions, option } from '../option.ts';

export function addDoctor(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .description('say what was found on this machine, and what to do about it')
    .addOption(option('smbConf', context.config))
    .addOption(option('runDir', context.config))
    .option('--json', 'as JSON, to send to somebody who helps');
  for (const name of fallbackOptions) command.addOption(option(name, context.config));
  command.action(async (options: SourceOptions & { readonly json?: boolean }) => {
    const diagnosis = await context.diagnose(options);
    const { width, colour } = context;
    const asJson = () => `${JSON.stringify(diagnosis, null, 2)}\n`;
    context.stdout(options.json ? asJson() : formatDiagnosis(diagnosis, { width, colour }));
    const findings = [...diagnosis.findings, ...diagnosis.instances.flatMap((instance) => instance.findings)];
    context.exit(findings.some(({ level }) => level === 'problem') ? exitCodes.failure : exitCodes.ok);
  });
}

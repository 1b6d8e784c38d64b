import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { buildTestApp } from '../support/api.ts';
import { TemporaryFolder } from '../support/temporary.ts';

test('the OpenAPI document is a valid 3.1 one, without a warning', async () => {
  const app = await buildTestApp();
  using folder = new TemporaryFolder();
  const { body } = await app.inject('/openapi.json');
  await app.close();
  expect(JSON.parse(body).openapi).toMatch(/^3\.1\./);
  const path = folder.file('openapi.json', body);
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const words = ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--format=json', path];
  const { stdout } = await promisify(execFile)(process.execPath, words, { env }).catch((error) => error);
  expect(
    JSON.parse(stdout).problems.map(({ ruleId, message }: Record<string, string>) => `${ruleId}: ${message}`),
  ).toEqual([]);
}, 60_000);

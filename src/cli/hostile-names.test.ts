import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { someSession } from '../../test/support/sessions.ts';
import type { Certainty, EncryptionLevel, Finding, Session } from '../sessions/index.ts';
import { formatDiagnosis } from './diagnosis-text.ts';
import { formatCsv } from './session-csv.ts';
import { formatDetails } from './session-details.ts';
import { formatSessions } from './session-table.ts';

const at = 1_795_556_400_000_000;

/** What clients may call themselves: anything, with a taste for what a terminal would act on. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b[31m', '\u001b]0;x\u0007', '\u009b', '\r\n', '\t', '\u2028', '\u202e', '\u200d', '\u00ad'),
    fc.constantFrom(
      ' ',
      ',',
      '"',
      '=',
      '文',
      '👍',
      '👨\u200d👩\u200d👧',
      '🇩🇪',
      '\u0301',
      '\u0600',
      'क\u094d',
      '\ud800',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
  ),
  maxLength: 60,
});
const instant = fc.integer({ min: 0, max: at });
const certainty = fc.constantFrom<Certainty>('exact', 'lower_bound', 'upper_bound', 'unknown');
const encryption = fc.constantFrom<EncryptionLevel>('none', 'partial', 'full');
const address = fc.oneof(fc.ipV4(), fc.ipV6());
const endpoint = fc.record({ address, port: fc.integer({ min: 0, max: 65_535 }) });
const channel = fc.record({ client: endpoint, server: fc.option(endpoint), openedAt: fc.option(instant) });

const session = fc
  .record({
    location: fc.record({
      instance: fc.integer({ min: 0, max: 999_999 }),
      sessionGlobalId: fc.integer({ min: 0, max: 0xffff_ffff }),
      creationTime: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    }),
    name: fc.option(hostile),
    isGuest: fc.boolean(),
    isAnonymous: fc.boolean(),
    openedAt: fc.option(instant),
    lastActiveAt: fc.option(instant),
    idleCertainty: certainty,
    dialect: fc.constantFrom('3.1.1', 'NT1'),
    encryption,
    channels: fc.array(channel, { minLength: 1, maxLength: 3 }),
    treeConnects: fc.array(fc.record({ shareName: hostile, openedAt: fc.option(instant), encryption }), {
      maxLength: 9,
    }),
    numOpens: fc.nat(),
    numOpensCertainty: certainty,
  })
  .map(({ name, channels, ...changes }): Session => {
    const shareNames = changes.treeConnects.map(({ shareName }) => shareName);
    const user = { ...someSession(1).user, name };
    return someSession(1, { ...changes, user, shareNames, channels: channels as [Session['channels'][0]] });
  });
const sessions = fc.array(session, { maxLength: 8 });
const width = fc.integer({ min: 40, max: 250 });

const finding = fc.record<Finding>({
  level: fc.constantFrom('ok', 'note', 'problem'),
  topic: fc.constantFrom('samba', 'namespaces'),
  text: hostile,
  advice: fc.option(hostile),
});

const linesOf = (text: string) => text.split('\n').slice(0, -1);
const uncoloured = (text: string) => text.replace(/\u001b\[(?:1|22|3[1-3]|39)m/g, '');

function expectHarmless(text: string, width: number): void {
  expect(uncoloured(text)).not.toMatch(/(?!\n)[\p{Control}\p{Zl}\p{Zp}\p{Bidi_Control}]/v);
  expect(Math.max(0, ...linesOf(text).map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
}

describe('whatever a client calls itself', () => {
  test('a table has a line for each session, and none is too wide', () => {
    fc.assert(
      fc.property(sessions, width, fc.boolean(), fc.boolean(), (rows, width, colour, headers) => {
        const text = formatSessions(rows, { at, width, colour, wide: false, headers });
        expectHarmless(text, width);
        expect(linesOf(text)).toHaveLength(rows.length + Number(headers));
        expect(uncoloured(text)).toBe(formatSessions(rows, { at, width, colour: false, wide: false, headers }));
      }),
    );
  });

  test('a table that is not cut has every location', () => {
    fc.assert(
      fc.property(sessions, fc.option(width), fc.boolean(), (rows, width, colour) => {
        const text = formatSessions(rows, { at, width, colour, wide: true, headers: true });
        expectHarmless(text, Infinity);
        const locations = linesOf(text)
          .slice(1)
          .map((line) => line.slice(line.lastIndexOf(' ') + 1));
        expect(locations).toEqual(rows.map(({ location }) => Object.values(location).join('.')));
      }),
    );
  });

  test('one session and a diagnosis fit as well', () => {
    fc.assert(
      fc.property(session, width, fc.boolean(), (one, width, colour) => {
        expectHarmless(formatDetails(one, { at, colour, width }), width);
      }),
    );
    fc.assert(
      fc.property(fc.array(finding), width, fc.boolean(), (findings, width, colour) => {
        const diagnosis = { version: '1', node: '26', findings, instances: [{ instance: 1, findings }] };
        expectHarmless(formatDiagnosis(diagnosis, { colour, width }), width);
      }),
    );
  });

  test('CSV has a line for each session', () => {
    fc.assert(
      fc.property(sessions, (rows) => {
        const text = formatCsv(rows, { at, headers: true });
        expectHarmless(text.replaceAll('\r\n', '\n'), Infinity);
        expect(text.split('\r\n')).toHaveLength(rows.length + 2);
      }),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { someSession, sparseSession } from '../../test/support/sessions.ts';
import { formatCsv } from './session-csv.ts';

const at = 1_795_556_400_000_000 + 7_384_000_000;
const named = (name: string | null) => someSession(1, { user: { ...someSession(1).user, name } });
const nameCell = (name: string | null) => formatCsv([named(name)], { at, headers: false }).split(',')[2];

describe('the sessions, as CSV', () => {
  test('every column, every line ends in CR LF', () => {
    const rows = [
      someSession(1, { shareNames: ['media', '文档'] }),
      someSession(2, { lastActiveAt: at - 312_000_000, idleCertainty: 'lower_bound', isGuest: true }),
    ];
    const csv = formatCsv(rows, { at, headers: true });
    expect(csv.split('\r\n')).toMatchInlineSnapshot(`
      [
        "location,instance,user_name,user_domain,user_sid,is_guest,is_anonymous,client_address,client_port,server_address,server_port,num_channels,share_names,opened_at,age_seconds,last_active_at,idle_seconds,idle_certainty,num_opens,num_opens_certainty,dialect,encryption,pid",
        "1.1.134400300000000000,1,alice,LOCAL,S-1-5-21-1-2-3-1000,false,false,192.0.2.77,50123,192.0.2.1,445,1,"media,文档",2026-11-24T21:40:00.000000Z,7384,,,unknown,2,exact,3.1.1,none,4711",
        "1.2.134400300000000000,1,alice,LOCAL,S-1-5-21-1-2-3-1000,true,false,192.0.2.77,50123,192.0.2.1,445,1,docs,2026-11-24T21:40:00.000000Z,7384,2026-11-24T23:37:52.000000Z,312,lower_bound,2,exact,3.1.1,none,4711",
        "",
      ]
    `);
    expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1', "'＝1"],
    ['\t=1', "'\\x09=1"],
    ['\r=1', "'\\x0d=1"],
    ['a"b', '"a""b"'],
    ['a\nb', 'a\\x0ab'],
    ['a\u001b[2Jb', 'a\\x1b[2Jb'],
    ['a=b', 'a=b'],
    [null, ''],
  ])('%j is the cell %s', (name, cell) => {
    expect(nameCell(name)).toBe(cell);
  });

  test('what is not known is an empty cell', () => {
    expect(formatCsv([sparseSession(5)], { at, headers: false })).toBe(
      '1.5.0,1,alice,LOCAL,,false,false,192.0.2.77,50123,,,1,docs,,,,,unknown,2,exact,3.1.1,none,4711\r\n',
    );
  });

  test('no sessions', () => {
    expect(formatCsv([], { at, headers: true })).toMatch(/^location,instance,[a-z_,]+\r\n$/);
    expect(formatCsv([], { at, headers: false })).toBe('');
  });
});

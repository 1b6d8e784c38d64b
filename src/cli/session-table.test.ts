import { describe, expect, test } from 'vitest';
import { someSession, sparseSession } from '../../test/support/sessions.ts';
import type { Session } from '../sessions/index.ts';
import { formatSessions, type TableOptions } from './session-table.ts';

const at = 1_795_556_400_000_000 + 7_384_000_000;
const plain: TableOptions = { at, width: null, colour: false, wide: false, headers: true };

function named(sessionGlobalId: number, name: string, changes: Partial<Session> = {}): Session {
  return someSession(sessionGlobalId, {
    user: { ...someSession(1).user, name },
    location: { instance: 1, sessionGlobalId, creationTime: 134_400_300_502_777_410n },
    ...changes,
  });
}

function from(...addresses: string[]): Session['channels'] {
  const [channel] = someSession(1).channels;
  return addresses.map((address) => ({ ...channel, client: { address, port: 50_123 } })) as [typeof channel];
}

const rows: readonly Session[] = [
  named(1_261_944_982, 'alice', {
    shareNames: ['media', 'projects', '文档'],
    numOpens: 15,
    numOpensCertainty: 'upper_bound',
  }),
  named(1_335_971_359, 'guest', { isGuest: true, encryption: 'partial', dialect: 'NT1', shareNames: [] }),
  named(2_582_302_612, '王小明', { encryption: 'full', lastActiveAt: at - 312_000_000, idleCertainty: 'lower_bound' }),
  named(2_600_000_001, 'zoe\u0301 👍', { lastActiveAt: at - 7_000_000, idleCertainty: 'exact' }),
  named(2_600_000_002, 'a\u001b[2Jb', { numOpensCertainty: 'unknown', channels: from('192.0.2.7', '198.51.100.7') }),
  named(2_600_000_003, 'DIRECTORY\\administrator', {
    shareNames: Array.from({ length: 40 }, (_, i) => `share${i}`),
    channels: from('2001:db8::7'),
  }),
];

describe('the sessions, as a table', () => {
  test('in 80 columns', () => {
    expect(formatSessions(rows, { ...plain, width: 80 })).toMatchInlineSnapshot(`
      "USER            FROM          SHARES        AGE  IDLE  FLAGS
      alice           192.0.2.77    media,+2    2h03m     ?  -
      guest           192.0.2.77    -           2h03m     ?  guest,part-encrypted,smb1
      王小明          192.0.2.77    docs        2h03m  >=5m  encrypted
      zoé 👍          192.0.2.77    docs        2h03m    7s  -
      a\\x1b[2Jb       192.0.2.7,+1  docs        2h03m     ?  -
      DIRECTORY\\adm…  2001:db8::7   share0,+39  2h03m     ?  -
      "
    `);
  });

  test('in 200 columns', () => {
    expect(formatSessions(rows, { ...plain, width: 200 })).toMatchInlineSnapshot(`
      "USER                     FROM          SHARES                                                                               AGE  IDLE  OPENS  FLAGS                      LOCATION
      alice                    192.0.2.77    media,projects,文档                                                                2h03m     ?   <=15  -                          1.1261944982.134400300502777410
      guest                    192.0.2.77    -                                                                                  2h03m     ?      2  guest,part-encrypted,smb1  1.1335971359.134400300502777410
      王小明                   192.0.2.77    docs                                                                               2h03m  >=5m      2  encrypted                  1.2582302612.134400300502777410
      zoé 👍                   192.0.2.77    docs                                                                               2h03m    7s      2  -                          1.2600000001.134400300502777410
      a\\x1b[2Jb                192.0.2.7,+1  docs                                                                               2h03m     ?      ?  -                          1.2600000002.134400300502777410
      DIRECTORY\\administrator  2001:db8::7   share0,share1,share2,share3,share4,share5,share6,share7,share8,share9,share10,+29  2h03m     ?      2  -                          1.2600000003.134400300502777410
      "
    `);
  });

  test('without limit nothing is cut', () => {
    expect(formatSessions(rows, plain)).toMatchInlineSnapshot(`
      "USER                     FROM          SHARES                                                                                                                                                                                                                                                                                                                   AGE  IDLE  OPENS  FLAGS                      LOCATION
      alice                    192.0.2.77    media,projects,文档                                                                                                                                                                                                                                                                                                    2h03m     ?   <=15  -                          1.1261944982.134400300502777410
      guest                    192.0.2.77    -                                                                                                                                                                                                                                                                                                                      2h03m     ?      2  guest,part-encrypted,smb1  1.1335971359.134400300502777410
      王小明                   192.0.2.77    docs                                                                                                                                                                                                                                                                                                                   2h03m  >=5m      2  encrypted                  1.2582302612.134400300502777410
      zoé 👍                   192.0.2.77    docs                                                                                                                                                                                                                                                                                                                   2h03m    7s      2  -                          1.2600000001.134400300502777410
      a\\x1b[2Jb                192.0.2.7,+1  docs                                                                                                                                                                                                                                                                                                                   2h03m     ?      ?  -                          1.2600000002.134400300502777410
      DIRECTORY\\administrator  2001:db8::7   share0,share1,share2,share3,share4,share5,share6,share7,share8,share9,share10,share11,share12,share13,share14,share15,share16,share17,share18,share19,share20,share21,share22,share23,share24,share25,share26,share27,share28,share29,share30,share31,share32,share33,share34,share35,share36,share37,share38,share39  2h03m     ?      2  -                          1.2600000003.134400300502777410
      "
    `);
  });

  test('as narrow as it gets', () => {
    const far = named(2, 'administrator', { channels: from('2001:db8:85a3:8d3:1319:8a2e:370:7348') });
    expect(formatSessions([...rows, far], { ...plain, width: 40 })).toMatchInlineSnapshot(`
      "USER        FROM              SHARES
      alice       192.0.2.77        media,+2
      guest       192.0.2.77        -
      王小明      192.0.2.77        docs
      zoé 👍      192.0.2.77        docs
      a\\x1b[2Jb   192.0.2.7,+1      docs
      DIRECTORY…  2001:db8::7       share0,+39
      administr…  2001:db8:85a3:8…  docs
      "
    `);
    expect(formatSessions(rows, { ...plain, width: 10 })).toBe(formatSessions(rows, { ...plain, width: 40 }));
  });

  test('wide fits where shortening is enough, and is whole else', () => {
    expect(formatSessions(rows, { ...plain, width: 200, wide: true })).toMatchInlineSnapshot(`
      "USER                     FROM          SHARES        AGE  IDLE  OPENS  FLAGS                      SERVER      PORT   PID  DIALECT  ENCRYPTION  IDLE IS      OPENS ARE    LOCATION
      alice                    192.0.2.77    media,+2    2h03m     ?   <=15  -                          192.0.2.1  50123  4711  3.1.1    none        unknown      upper_bound  1.1261944982.134400300502777410
      guest                    192.0.2.77    -           2h03m     ?      2  guest,part-encrypted,smb1  192.0.2.1  50123  4711  NT1      partial     unknown      exact        1.1335971359.134400300502777410
      王小明                   192.0.2.77    docs        2h03m  >=5m      2  encrypted                  192.0.2.1  50123  4711  3.1.1    full        lower_bound  exact        1.2582302612.134400300502777410
      zoé 👍                   192.0.2.77    docs        2h03m    7s      2  -                          192.0.2.1  50123  4711  3.1.1    none        exact        exact        1.2600000001.134400300502777410
      a\\x1b[2Jb                192.0.2.7,+1  docs        2h03m     ?      ?  -                          192.0.2.1  50123  4711  3.1.1    none        unknown      unknown      1.2600000002.134400300502777410
      DIRECTORY\\administrator  2001:db8::7   share0,+39  2h03m     ?      2  -                          192.0.2.1  50123  4711  3.1.1    none        unknown      exact        1.2600000003.134400300502777410
      "
    `);
    const whole = formatSessions(rows, { ...plain, wide: true });
    expect(formatSessions(rows, { ...plain, width: 80, wide: true })).toBe(whole);
  });

  test('wide tells instances apart where there are several', () => {
    const other = named(1, 'bob', { location: { instance: 2, sessionGlobalId: 1, creationTime: 1n } });
    expect(formatSessions([rows[1]!, other], { ...plain, wide: true })).toMatchInlineSnapshot(`
      "USER   FROM        SHARES    AGE  IDLE  OPENS  FLAGS                      INSTANCE  SERVER      PORT   PID  DIALECT  ENCRYPTION  IDLE IS  OPENS ARE  LOCATION
      guest  192.0.2.77  -       2h03m     ?      2  guest,part-encrypted,smb1         1  192.0.2.1  50123  4711  NT1      partial     unknown  exact      1.1335971359.134400300502777410
      bob    192.0.2.77  docs    2h03m     ?      2  -                                 2  192.0.2.1  50123  4711  3.1.1    none        unknown  exact      2.1.1
      "
    `);
  });

  test('colour changes nothing but colour', () => {
    const coloured = formatSessions(rows, { ...plain, width: 100, colour: true });
    expect(coloured.replaceAll('\u001b', '␛')).toMatchInlineSnapshot(`
      "␛[1mUSER                     FROM          SHARES        AGE  IDLE  OPENS  FLAGS␛[22m
      alice                    192.0.2.77    media,+2    2h03m     ?   <=15  -
      guest                    192.0.2.77    -           2h03m     ?      2  ␛[33mguest␛[39m,part-encrypted,␛[31msmb1␛[39m
      王小明                   192.0.2.77    docs        2h03m  >=5m      2  ␛[32mencrypted␛[39m
      zoé 👍                   192.0.2.77    docs        2h03m    7s      2  -
      a\\x1b[2Jb                192.0.2.7,+1  docs        2h03m     ?      ?  -
      DIRECTORY\\administrator  2001:db8::7   share0,+39  2h03m     ?      2  -
      "
    `);
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(formatSessions(rows, { ...plain, width: 100 }));
  });

  test('no sessions are the titles alone', () => {
    expect(formatSessions([], { ...plain, width: 80 })).toMatchInlineSnapshot(`
      "USER  FROM  SHARES  AGE  IDLE  OPENS  FLAGS  LOCATION
      "
    `);
    expect(formatSessions([], { ...plain, headers: false })).toBe('');
  });

  test('what is not known is a question mark', () => {
    const [line] = formatSessions([sparseSession(5)], { ...plain, headers: false, wide: true }).split('\n');
    expect(line!.split(/ +/).slice(0, 9)).toEqual(['alice', '192.0.2.77', 'docs', '?', '?', '2', '-', '?', '50123']);
    expect(line).toMatch(/ 1\.5\.0$/);
  });

  test('a session without a name goes by its SID', () => {
    const nameless = (sid: string | null) => someSession(1, { user: { ...someSession(1).user, name: null, sid } });
    expect(formatSessions([nameless('S-1-5-7')], { ...plain, headers: false })).toMatch(/^S-1-5-7 /);
    expect(formatSessions([nameless(null)], { ...plain, headers: false })).toMatch(/^\? /);
  });
});

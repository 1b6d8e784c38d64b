import { describe, expect, test } from 'vitest';
import type { Diagnosis, Finding } from '../sessions/index.ts';
import { formatDiagnosis } from './diagnosis-text.ts';

const ok: Finding = { level: 'ok', topic: 'samba', text: 'smbd runs, its first process is 812', advice: null };
const note: Finding = {
  level: 'note',
  topic: 'folders',
  text: 'its smb.conf was not found, so that what a "force user" in it does to the numbers is not known',
  advice: 'name it with --smb-conf',
};
const problem: Finding = {
  level: 'problem',
  topic: 'rights',
  text: '/srv/a\u001b[2Jb/smbXsrv_session_global.tdb can not be read',
  advice: 'run it as root, or let its service have CAP_DAC_READ_SEARCH, which is enough for these files',
};

const diagnosisOf = (findings: readonly Finding[], ...more: Finding[][]): Diagnosis => ({
  version: '0.1.0',
  node: '26.10.0',
  findings,
  instances: more.map((each, i) => ({ instance: i + 1, findings: each })),
});

describe('a diagnosis', () => {
  test('in 80 columns', () => {
    const diagnosis = diagnosisOf([ok], [ok, note], [problem]);
    expect(formatDiagnosis(diagnosis, { colour: false, width: 80 })).toMatchInlineSnapshot(`
      "smbwho 0.1.0 on Node 26.10.0
      ok       samba    smbd runs, its first process is 812

      Instance 1
      ok       samba    smbd runs, its first process is 812
      note     folders  its smb.conf was not found, so that what a "force user" in it
                        does to the numbers is not known
                        → name it with --smb-conf

      Instance 2
      problem  rights   /srv/a\\x1b[2Jb/smbXsrv_session_global.tdb can not be read
                        → run it as root, or let its service have CAP_DAC_READ_SEARCH,
                          which is enough for these files

      1 problem, 1 note.
      "
    `);
  });

  test('in 200 columns', () => {
    expect(formatDiagnosis(diagnosisOf([], [ok, note, problem]), { colour: false, width: 200 })).toMatchInlineSnapshot(`
      "smbwho 0.1.0 on Node 26.10.0

      Instance 1
      ok       samba    smbd runs, its first process is 812
      note     folders  its smb.conf was not found, so that what a "force user" in it does to the numbers is not known
                        → name it with --smb-conf
      problem  rights   /srv/a\\x1b[2Jb/smbXsrv_session_global.tdb can not be read
                        → run it as root, or let its service have CAP_DAC_READ_SEARCH, which is enough for these files

      1 problem, 1 note.
      "
    `);
  });

  test('marks have the colours of a traffic light', () => {
    const coloured = formatDiagnosis(diagnosisOf([ok, note, problem]), { colour: true, width: null });
    expect(coloured.replaceAll('\u001b', '␛')).toMatchInlineSnapshot(`
      "␛[1msmbwho 0.1.0 on Node 26.10.0␛[22m
      ␛[32mok     ␛[39m  samba    smbd runs, its first process is 812
      ␛[33mnote   ␛[39m  folders  its smb.conf was not found, so that what a "force user" in it does to the numbers is not known
                        → name it with --smb-conf
      ␛[31mproblem␛[39m  rights   /srv/a\\x1b[2Jb/smbXsrv_session_global.tdb can not be read
                        → run it as root, or let its service have CAP_DAC_READ_SEARCH, which is enough for these files

      1 problem, 1 note.
      "
    `);
  });

  test.each([
    [[], 'No problem.'],
    [[ok, note], 'No problem, 1 note.'],
    [[problem, problem, note, note], '2 problems, 2 notes.'],
  ])('says in the end how it looks', (findings, summary) => {
    const lines = formatDiagnosis(diagnosisOf(findings), { colour: false, width: null }).split('\n');
    expect(lines.slice(-2)).toEqual([summary, '']);
  });
});

/** @module smbstatus as the judge of our sessions: what it says, in one shape for all releases, and how ours differ. */
export { type Comparison, compareFilesWithJudge, compareWithJudge, type FileComparison } from './compare.ts';
export { askJudge } from './judge.ts';
export { askFileJudge, type JudgedFile } from './judged-files.ts';
export { type Judgement, loginUnderWay } from './judgement.ts';
export { listedDifferences } from './listed-differences.ts';

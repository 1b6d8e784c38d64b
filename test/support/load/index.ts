export { Churn, type ChurnCounts, type ChurnOptions, noChurn } from './churn.ts';
export { Dice } from './dice.ts';
export type { SessionSummary } from './held-session.ts';
export { type HoldOptions, holdSessions, type Load } from './load.ts';
export { holdSteadySessions, type LoadTarget, type SteadySession, type SteadySessions } from './steady.ts';

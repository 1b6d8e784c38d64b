// A worker: clients that come, grow and go.
import { Churn, type ChurnCounts, type ChurnOptions } from '../support/load/index.ts';
import { work } from './work.ts';

await work<ChurnOptions, ChurnCounts>(async ({ options, onStop, say }) => {
  const churn = new Churn(options);
  onStop(() => churn.stop());
  const clock = setInterval(() => say(churn.counts), 500);
  await churn.run();
  clearInterval(clock);
  say(churn.counts);
});

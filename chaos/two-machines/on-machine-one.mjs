// @ts-check
// The experiment runs on the first machine itself; main.mjs starts it there.
import { UserError } from '../../scripts/lib/errors.mjs';
import { StopRequested, StopSignals } from '../../scripts/lib/stop-signals.mjs';
import { Terminal } from '../../scripts/lib/terminal.mjs';
import { Experiment } from './experiment.mjs';
import { Site } from './site.mjs';

const terminal = new Terminal();
const signals = new StopSignals();
const options = JSON.parse(process.argv[2] ?? '{}');
const site = new Site(options, terminal);
const experiment = new Experiment(site, options, { terminal, signal: signals.stop });
try {
  await experiment.run();
  process.exitCode = report(experiment.seen);
} catch (error) {
  if (!(error instanceof StopRequested)) terminal.error(error);
  process.exitCode = error instanceof StopRequested ? 130 : 1;
} finally {
  const step = terminal.step('Stopping');
  await site.stop().finally(() => step.drop());
}
process.exit();

/** @param {Experiment['seen']} seen */
function report({ requests, unsettled, refused, slowestRead, violations }) {
  terminal.line();
  terminal.line(
    `  ${requests} requests, ${unsettled} writes unsettled, ${refused} refused, slowest read ${(slowestRead / 1000).toFixed(1)} s`,
  );
  terminal.line();
  for (const each of violations.slice(0, 5)) terminal.error(new UserError(each));
  if (violations.length > 5) terminal.line(`  and ${violations.length - 5} more`);
  return violations.length > 0 ? 1 : 0;
}

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
function report({ requests, unsettled, slowestRead, violations }) {
  terminal.line();
  terminal.line(
    `  ${requests} requests, ${unsettled} writes unsettled, slowest read ${(slowestRead / 1000).toFixed(1)} s`,
  );
  terminal.line();
  const [first] = violations;
  if (first === undefined) return 0;
  terminal.error(new UserError(`${violations.length} things did not hold; the first: ${first}`));
  return 1;
}

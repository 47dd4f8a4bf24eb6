// @ts-check
import { fileURLToPath } from 'node:url';
import { StopRequested, StopSignals } from '../../scripts/lib/stop-signals.mjs';
import { table } from '../../scripts/lib/table.mjs';
import { Terminal } from '../../scripts/lib/terminal.mjs';
import { faults } from '../faults/index.mjs';
import { parseChaosOptions } from './options.mjs';
import { printOutcome, writeOutcome } from './report.mjs';
import { Run } from './run.mjs';

/** @import { ChaosOptions } from './options.mjs' */

const help = `Runs the whole system under load, injects faults, and looks from outside whether every promise was kept.

  npm run chaos                                 five minutes of all faults
  npm run chaos -- --list                       the faults
  npm run chaos -- --minutes 20                 how long to inject faults; each at least once for every four minutes
  npm run chaos -- --seed 4f1a                  the same faults with the same targets as the run that printed this seed
  npm run chaos -- --fault kill-comments        only this one; can be given several times
  npm run chaos -- --clients 20                 how many write and read at the same time; 8 when left out
  npm run chaos -- --report chaos.json          the figures as JSON, too
  npm run chaos -- --keep                       leaves databases and logs where they are, and says where
  npm run chaos -- --verbose                    with what the processes log
  npm run chaos -- --help                       this text

It starts a RabbitMQ and all processes, with two copies of comments and two of query, on free ports and in a temporary
folder. Round after round, while clients write and read through the gateway, it injects a fault or several at once; then the
clients pause until all has settled, and it compares what the clients were answered with the databases, the read models, the
gateway, the event log, the queues and the dead letters. At the end a read model is built anew from the event log and
compared with the running ones. In runs of less than five minutes faults last less long.

The table       how often each fault was injected, and how many writes were accepted in its rounds
  lost          accepted, but not there, or not as it was accepted last
  doubled       there twice
  stuck         on its way, and has not arrived three minutes after the fault was over; this ends the run
  wrong         there, but nobody wrote it, or deleted, or another answer than should have been given
  healed in     from when the fault was over until a comment written then was judged and shown and all outboxes were empty;
                counted for the fault of a round that was over last

Exit code 1 when anything was lost, doubled, stuck or wrong. docs/reliability.md says what is promised.`;

/**
 * The program, with its arguments; ends the process.
 * @param {string[]} args
 */
export async function main(args) {
  const terminal = new Terminal();
  const signals = new StopSignals();
  try {
    const options = parseChaosOptions(
      args,
      faults.map(({ name }) => name),
    );
    if (options.help) return console.log(help);
    if (options.list) return list(terminal);
    process.exit(await play(options, terminal, signals));
  } catch (error) {
    if (!(error instanceof StopRequested) && !signals.stop.aborted) terminal.error(error);
    process.exit(signals.stop.aborted ? 130 : 1);
  }
}

/** @param {Terminal} terminal */
function list(terminal) {
  for (const line of table(faults.map(({ name, what }) => [name, what]))) terminal.line(line);
  process.exit(0);
}

/** @param {ChaosOptions} options @param {Terminal} terminal @param {StopSignals} signals @returns {Promise<number>} the exit code */
async function play(options, terminal, signals) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const chosen = options.faults.length > 0 ? faults.filter(({ name }) => options.faults.includes(name)) : faults;
  terminal.line(`Seed ${options.seed}`);
  const run = new Run(chosen, options, { root, terminal, signal: signals.stop });
  try {
    await run.play();
  } finally {
    // One that is ended early has shown something, too.
    printOutcome(terminal, run.outcome);
    if (options.report !== undefined) await writeOutcome(options.report, run.outcome);
  }
  return run.violations.length > 0 ? 1 : 0;
}

// @ts-check
import { fileURLToPath } from 'node:url';
import { UserError } from '../../scripts/lib/errors.mjs';
import { StopRequested, StopSignals } from '../../scripts/lib/stop-signals.mjs';
import { Terminal } from '../../scripts/lib/terminal.mjs';
import { benchOverload } from './bench.mjs';
import { parseOverloadOptions } from './options.mjs';

const help = `Sends the gateway several times as many requests as the system can answer. Linux only.

  npm run bench:overload                        about a minute and a half
  npm run bench:overload -- --seconds 30        each row of the table takes so long; 10 when left out
  npm run bench:overload -- --connections 1000  the most connections at once; 3000 when left out
  npm run bench:overload -- --verbose           with the processes' logs
  npm run bench:overload -- --help              this text

It starts a RabbitMQ and the whole system on free ports and in a temporary directory. First it measures how many requests
are answered in a second, 64 at a time: the capacity. Then requests come as often as a row says, whether or not earlier
ones are answered: as many as the capacity, 4 and 10 times as many. Of ten, seven write a comment and three read a post's.

The table      per second: requests that were due, that were answered well, and that were answered 503 \`overloaded\`;
               latencies in ms of those that were answered well; the slowest health check in ms; and the most memory that
               the gateway and comments had, in MB
  unsent       had no connection: their answers took so long that all connections were busy
  failed       any other answer, or none
Afterwards     every comment that was answered 201 must be judged and shown exactly once, and no event may be a dead
               letter. Exit code 1 if that is not so; if requests failed otherwise, or a health check; if nothing was
               answered well; or if memory at 10 times the capacity was more than twice and 200 MB above that at capacity.

The clients, the broker and all processes share this machine: what it takes to refuse requests is missing elsewhere.`;

/**
 * The bench, with its arguments; ends the process.
 * @param {string[]} args
 */
export async function main(args) {
  const terminal = new Terminal();
  const signals = new StopSignals();
  const root = fileURLToPath(new URL('../..', import.meta.url));
  try {
    const options = parseOverloadOptions(args);
    if (options.help) return console.log(help);
    const violations = await benchOverload(options, { root, terminal, signal: signals.stop });
    for (const each of violations) terminal.error(new UserError(each));
    process.exit(violations.length > 0 ? 1 : 0);
  } catch (error) {
    if (!(error instanceof StopRequested)) terminal.error(error);
    process.exit(error instanceof StopRequested ? 130 : 1);
  }
}

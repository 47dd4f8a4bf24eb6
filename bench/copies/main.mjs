// @ts-check
import { fileURLToPath } from 'node:url';
import { UserError } from '../../scripts/lib/errors.mjs';
import { StopRequested, StopSignals } from '../../scripts/lib/stop-signals.mjs';
import { Terminal } from '../../scripts/lib/terminal.mjs';
import { parseBenchOptions } from './options.mjs';
import { benchCopies } from './bench.mjs';

const help = `Puts copies of the comments service under load through the gateway, and takes them away again under it.

  npm run bench:copies                        about a minute and a half
  npm run bench:copies -- --seconds 30        each row of the table takes so long; 10 when left out
  npm run bench:copies -- --clients 64        keep-alive connections, each with one request at a time; 16 when left out
  npm run bench:copies -- --postgres          on PostgreSQL instead of SQLite: one of its own
  npm run bench:copies -- --database postgres://user:password@localhost:5432
                                              on that PostgreSQL, in databases of its own, deleted afterwards
  npm run bench:copies -- --verbose           with the processes' logs
  npm run bench:copies -- --help              this text

It starts a RabbitMQ and the whole system on free ports and in a temporary directory. The clients write comments (40 %),
edit them (20 %), delete them (10 %) and read a post's (30 %), with 1, 2 and 3 copies; then with 3 copies of which one
after the other is killed (SIGKILL), and asked to leave (SIGTERM).

The table       requests/s in all, and as a multiple of the first row's; which share of the writes each copy got, by its
                log; latencies in ms; how many requests failed that must not have; and unsettled writes
  failed        Any request without a good answer; while copies are killed only those that can be sent again (GET, DELETE)
  unsettled     While copies are killed: a POST or PATCH that was answered 502, because its copy died with it
Afterwards      every comment that was answered 201 must be judged and shown by the read model exactly once, with its last
                text; every deleted one must be gone; and no event may be a dead letter. Exit code 1 if anything of this
                is not so.

The clients, the broker and all processes share this machine: where its processors are busy already, further copies make
nothing faster. What the table then shows is how the work spreads, and that nothing is lost.`;

/**
 * The bench, with its arguments; ends the process.
 * @param {string[]} args
 */
export async function main(args) {
  const terminal = new Terminal();
  const signals = new StopSignals();
  const root = fileURLToPath(new URL('../..', import.meta.url));
  try {
    const options = parseBenchOptions(args);
    if (options.help) return console.log(help);
    const violations = await benchCopies(options, { root, terminal, signal: signals.stop });
    for (const each of violations) terminal.error(new UserError(each));
    process.exit(violations.length > 0 ? 1 : 0);
  } catch (error) {
    if (!(error instanceof StopRequested)) terminal.error(error);
    process.exit(error instanceof StopRequested ? 130 : 1);
  }
}

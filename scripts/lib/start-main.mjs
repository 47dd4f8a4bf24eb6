// @ts-check
import { fileURLToPath } from 'node:url';
import { startCommand } from './start-command.mjs';
import { parseStartOptions } from './start-options.mjs';
import { StopRequested, StopSignals } from './stop-signals.mjs';
import { Terminal } from './terminal.mjs';

const help = `Starts Parley: RabbitMQ, the services posts, comments, query and moderation, and the gateway with the web client.

  npm start                             everything, with the data of the last time
  npm start -- --fresh                  begin empty: deletes the databases and the broker's events
  npm start -- --copies comments=3,gateway=2   several instances of a service; can be repeated
  npm run copy -- comments              one more while it runs; npm run copy -- --help
  npm run dev                           the same as npm start -- --watch: restarts what your changes affect
  npm start -- --help                   this text

What is missing is brought along: dependencies (npm ci) when package-lock.json has changed, a build when sources have,
and RabbitMQ: the one in RABBITMQ_URL; else one that answers on localhost:5672; else a private one, from the RabbitMQ
installed here, from Docker, or (as root on Debian and Ubuntu) installed now. Nothing uses sudo.

Where        gateway 3000, posts 4000, comments 4001, query 4002, moderation 4003; copies of the gateway from
             3001, of comments from 4005, of the others from 4010. All on 127.0.0.1, unless HOST says otherwise.
Data         .data/ in this directory: a database per service, and the private RabbitMQ. Copies of a service share its
             database; each copy of query builds its own.
Environment  RABBITMQ_URL, RABBITMQ_MANAGEMENT_URL  use that broker
             DATABASE_URL=postgres://me:pw@host:5432   keep posts, comments and moderation there instead, in databases
                                                    of these names, which must exist
             HOST                                   the address to listen on
             LOG_FORMAT=json|pretty, LOG_LEVEL, …   passed on to the services, like everything else
             NO_COLOR                               no colours

Ctrl-C stops everything. A process that dies is started again; the others go on.`;

/**
 * `npm start`, with its arguments; sets the exit code and ends the process.
 * @param {string[]} args
 */
export async function main(args) {
  const terminal = new Terminal();
  const signals = new StopSignals();
  const root = fileURLToPath(new URL('../..', import.meta.url));
  try {
    const options = parseStartOptions(args);
    if (options.help) return console.log(help);
    await startCommand(options, { root, terminal, signals, env: process.env });
  } catch (error) {
    if (!(error instanceof StopRequested)) terminal.error(error);
    process.exit(exitCodeOf(error));
  }
}

/** To be stopped is how a start ends: no failure, unless it was before everything ran. @param {unknown} error */
function exitCodeOf(error) {
  if (!(error instanceof StopRequested)) return 1;
  return error.forced ? 130 : 0;
}

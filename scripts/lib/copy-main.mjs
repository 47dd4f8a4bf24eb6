// @ts-check
import { fileURLToPath } from 'node:url';
import { copyCommand } from './copy-command.mjs';
import { parseCopyOptions } from './copy-options.mjs';
import { StopRequested, StopSignals } from './stop-signals.mjs';
import { Terminal } from './terminal.mjs';

const help = `Starts one more copy of a service and joins it to a running system. Nothing else is edited: it announces itself, and the
gateway sends it requests within two seconds.

  npm run copy -- comments                     next to \`npm start\` in this checkout, on the next free port
  npm run copy -- comments --port 4007         on this port
  npm run copy -- gateway                      a second door, on 3001
  npm run copy -- --help                       this text

Services: posts, comments, query, moderation and the gateway. Copies of a service share its database; each copy of query
builds its own.

On another machine   RABBITMQ_URL=amqp://user:password@10.0.0.1 \\
                     DATABASE_URL=postgres://user:password@10.0.0.1:5432 \\
                     npm run copy -- comments

  RABBITMQ_URL       the system's broker. While \`npm start\` runs here on the same broker, the copy joins that
  DATABASE_URL       the system's PostgreSQL, for posts, comments and moderation: a SQLite file cannot be shared between
                     machines. Without a database's name, the one with the service's name is used
  --host, HOST       the address to listen on and to be called at; by default the one from which this machine reaches the
                     broker. If others must call another one: ADVERTISE_URL=http://…
  Everything else in the environment goes on to the copy. RETRY_DELAYS must be as in the system; next to \`npm start\`
  that is so by itself.

Ctrl-C ends it without costing a request: it tells the gateways that it leaves, finishes what it has, and stops. Ctrl-C
again ends it at once. A copy next to \`npm start\` ends with it; one that joined by RABBITMQ_URL stays, waits for the
broker and goes on.`;

/**
 * `npm run copy`, with its arguments; ends the process.
 * @param {string[]} args
 */
export async function main(args) {
  const terminal = new Terminal();
  const signals = new StopSignals();
  const root = fileURLToPath(new URL('../..', import.meta.url));
  try {
    const options = parseCopyOptions(args);
    if (options.help) return console.log(help);
    await copyCommand(options, { root, terminal, signals, env: process.env });
    process.exit(0);
  } catch (error) {
    if (!(error instanceof StopRequested)) terminal.error(error);
    process.exit(error instanceof StopRequested ? 130 : 1);
  }
}

// @ts-check
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from '../../scripts/lib/build.mjs';
import { messageOf, UserError } from '../../scripts/lib/errors.mjs';
import { StopRequested, StopSignals } from '../../scripts/lib/stop-signals.mjs';
import { Terminal } from '../../scripts/lib/terminal.mjs';
import { namespacesMissing, onMachine, TwoMachines } from './namespaces.mjs';

const help = `Runs the system on one machine and further copies on another, and cuts the cable between them.

  npm run chaos:two-machines                   about two minutes
  npm run chaos:two-machines -- --seconds 20   how long it stays under load before, during and after the cut; 10 when left
                                               out
  npm run chaos:two-machines -- --within 20    how many seconds after it is ready a copy must have its first request; 2 when left
                                               out
  npm run chaos:two-machines -- --verbose      with the logs of the second machine
  npm run chaos:two-machines -- --help         this text

The machines are two network namespaces of this one with addresses of their own, joined by a virtual cable. On the first
run RabbitMQ, PostgreSQL and the system; on the second copies of comments and query, started with \`npm run copy\`. Clients
on the first machine write and read through the gateway. Then the cable is pulled out on the second machine, which the
first one does not notice but by silence, and plugged in again.

What must hold, and else ends it with exit code 1:
  the gateway sends each copy requests within two seconds (--within) of being ready
  no GET or DELETE fails, ever; from the cut on a POST or PATCH may be answered 503 (nothing was done, try again), and one
  that was under way to the cut copy 502 or 504
  soon after the cut, nothing fails any more and the gateway sends the cut copies nothing
  with the cable still out, every accepted comment is judged and shown exactly once: what the cut copy held is taken over
  with the cable back, the copies get requests again

It needs Linux, root, and the command ip (apt-get install iproute2).`;

/**
 * The experiment, with its arguments; ends the process.
 * @param {string[]} args
 */
export async function main(args) {
  const terminal = new Terminal();
  const signals = new StopSignals();
  const root = fileURLToPath(new URL('../..', import.meta.url));
  try {
    const options = parse(args);
    if (options.help) return console.log(help);
    const missing = await namespacesMissing();
    if (missing) throw new UserError(`Two machines cannot be had here: ${missing}.`);
    await build({ root, terminal, signal: signals.stop });
    process.exit(await onTwoMachines(options, root, signals));
  } catch (error) {
    if (!(error instanceof StopRequested)) terminal.error(error);
    process.exit(error instanceof StopRequested ? 130 : 1);
  }
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      strict: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        seconds: { type: 'string', default: '10' },
        within: { type: 'string', default: '2' },
        verbose: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UserError(`${messageOf(error).split('. ')[0]}. See \`npm run chaos:two-machines -- --help\`.`);
  }
}

/**
 * The experiment itself runs on the first machine.
 * @param {{ seconds: string, within: string, verbose: boolean }} options
 * @param {string} root
 * @param {StopSignals} signals
 * @returns {Promise<number>} its exit code
 */
async function onTwoMachines({ seconds, within, verbose }, root, signals) {
  const machines = await TwoMachines.create();
  const experiment = fileURLToPath(new URL('./on-machine-one.mjs', import.meta.url));
  const settings = JSON.stringify({
    root,
    two: machines.two,
    seconds: Number(seconds),
    within: Number(within),
    verbose,
  });
  try {
    // In a group of its own: a Ctrl-C reaches it once, through us.
    const args = onMachine(machines.one, [process.execPath, experiment, settings]);
    const child = spawn('ip', args, { detached: true, stdio: 'inherit' });
    signals.stop.addEventListener('abort', () => child.kill('SIGTERM'));
    signals.force.addEventListener('abort', () => child.kill('SIGTERM'));
    return await new Promise((resolve, reject) =>
      child.once('exit', (code) => resolve(code ?? 1)).once('error', reject),
    );
  } finally {
    await machines.remove();
  }
}

// @ts-check
import { connect } from 'node:net';
import { endWithUs } from './guard.mjs';
import { succeeds } from './run-command.mjs';

/** @import { ChildProcess } from 'node:child_process' */

/**
 * Ends the Erlang port mapper that listens on a port. Erlang starts it in the background with the first node and leaves
 * it behind; this is what `epmd -kill` sends: a length of one, and KILL_REQ.
 * @param {number} port
 * @returns {Promise<void>}
 */
export function endEpmd(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(Buffer.from([0, 1, 'k'.charCodeAt(0)])));
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', () => {});
    socket.once('error', () => {});
    socket.once('close', () => resolve());
  });
}

/**
 * Ends a broker and its port mapper when this process ends without having been able to do so itself.
 * @param {ChildProcess} child
 * @param {number} pid
 * @param {number} epmdPort
 */
export function guardNode(child, pid, epmdPort) {
  endWithUs(
    child,
    `kill -TERM ${pid} || exit 0
    for second in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1; ERL_EPMD_PORT=${epmdPort} epmd -kill && break; done`,
  );
}

/**
 * Takes the collector of statistics out of a broker that is about to shut down. With it inside, RabbitMQ (seen in 3.10)
 * waits five seconds for itself: the collector, when stopped, changes a setting, which cannot be done during a shutdown.
 * @param {string} name of the node
 * @param {NodeJS.ProcessEnv} env the node's own: where its cookie and its port mapper are
 */
export async function easeShutdown(name, env) {
  const call = `rpc:call('${name}', gen_event, delete_handler, [rabbit_event, rabbit_mgmt_db_handler, stop], 2000)`;
  const as = `parley-stop-${process.pid}@localhost`;
  // If this does not work, the shutdown just takes longer.
  await succeeds('erl', ['-noinput', '-hidden', '-sname', as, '-eval', `${call}, halt().`], { env, timeoutMs: 3000 });
}

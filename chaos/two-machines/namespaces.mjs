// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../scripts/lib/errors.mjs';
import { findExecutable } from '../../scripts/lib/executables.mjs';
import { run } from '../../scripts/lib/run-command.mjs';

const prefix = 'parley';

/** The ends of the cable. Nothing outside the two namespaces sees these addresses. */
export const addresses = { one: '10.77.0.1', two: '10.77.0.2' };

/**
 * Why this machine cannot play two, if it cannot: a sentence that says what to do.
 * @returns {Promise<string | undefined>}
 */
export async function namespacesMissing() {
  if (process.platform !== 'linux') return 'it takes the network namespaces of Linux';
  if (!(await findExecutable(['ip']))) return 'the command ip is missing (apt-get install iproute2)';
  if (process.getuid?.() !== 0) return 'network namespaces take root (sudo npm run chaos:two-machines)';
  try {
    await (await TwoMachines.create()).remove();
    return undefined;
  } catch (error) {
    return `network namespaces are not permitted here (${messageOf(error)})`;
  }
}

/** Two machines, as two network namespaces of this one, joined by a cable. */
export class TwoMachines {
  /** @param {string} name */
  constructor(name) {
    this.one = `${name}-one`;
    this.two = `${name}-two`;
  }

  static async create() {
    await removeStale();
    const machines = new TwoMachines(`${prefix}-${process.pid}`);
    try {
      await machines.#build();
    } catch (error) {
      await machines.remove();
      throw error;
    }
    return machines;
  }

  /** Removes both, and ends what still runs there. */
  async remove() {
    for (const machine of [this.one, this.two]) {
      const pids = await ip('netns', 'pids', machine).catch(() => '');
      for (const pid of pids.split('\n').filter(Boolean)) end(Number(pid));
      await ip('netns', 'delete', machine).catch(() => {});
    }
    // A namespace goes away with its last process, and takes its end of the cable along.
    await delay(50);
  }

  async #build() {
    await ip('netns', 'add', this.one);
    await ip('netns', 'add', this.two);
    await ip('-n', this.one, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', this.two);
    await this.#bringUp(this.one, addresses.one);
    await this.#bringUp(this.two, addresses.two);
  }

  /** @param {string} machine @param {string} address */
  async #bringUp(machine, address) {
    await ip('-n', machine, 'address', 'add', `${address}/24`, 'dev', 'cable');
    await ip('-n', machine, 'link', 'set', 'lo', 'up');
    await ip('-n', machine, 'link', 'set', 'cable', 'up');
  }
}

/**
 * The arguments of `ip` that run a command on a machine.
 * @param {string} machine
 * @param {string[]} command
 */
export function onMachine(machine, command) {
  return ['netns', 'exec', machine, ...command];
}

/** Pulls the cable out on the second machine: the first one sends into the void, and hears nothing of it. @param {string} two */
export async function cutCable(two) {
  await ip('-n', two, 'link', 'set', 'cable', 'down');
}

/** Plugs it in again. @param {string} two */
export async function plugIn(two) {
  await ip('-n', two, 'link', 'set', 'cable', 'up');
}

/** What runs that were killed have left behind. */
async function removeStale() {
  const names = (await ip('netns', 'list')).split('\n').map((line) => line.split(' ')[0] ?? '');
  const stale = names.filter((name) => isStale(name.match(new RegExp(`^${prefix}-(\\d+)-(one|two)$`))?.[1]));
  await Promise.all(stale.map((name) => ip('netns', 'delete', name).catch(() => {})));
}

/** @param {string | undefined} pid */
function isStale(pid) {
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch {
    return true;
  }
}

/** @param {number} pid */
function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** @param {string[]} args */
async function ip(...args) {
  return run('ip', args);
}

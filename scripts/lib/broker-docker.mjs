// @ts-check
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, succeeds } from './run-command.mjs';

/** @import { BrokerRecipe } from './broker-handle.mjs' */
/** @typedef {{ amqp: number, management: number, prometheus: number }} ContainerPorts */

export const image = 'rabbitmq:4-management';

/** Whether there is a Docker engine that answers: the program alone is not enough. */
export function dockerAnswers() {
  return succeeds('docker', ['version', '--format', '{{.Server.Version}}']);
}

/** @param {AbortSignal} [signal] */
export async function pullImage(signal) {
  if (await succeeds('docker', ['image', 'inspect', image])) return;
  await run('docker', ['pull', '--quiet', image], { signal });
}

/**
 * RabbitMQ in a container. Its data is in a volume, not in a directory: the broker's files would belong to a user of
 * the container, and could not be deleted here.
 * @param {{ dir: string, ports: ContainerPorts }} options
 * @returns {Promise<BrokerRecipe>}
 */
export async function dockerBroker({ dir, ports }) {
  await mkdir(dir, { recursive: true });
  const name = await containerName(dir);
  const logFile = join(dir, 'docker.log');
  // Left behind by a run that could not clean up.
  await succeeds('docker', ['rm', '--force', name]);
  return {
    kind: 'docker',
    host: '127.0.0.1',
    ports,
    logFile,
    spawn: () => {
      const output = openSync(logFile, 'a');
      const child = spawn('docker', dockerRun(name, ports), { detached: true, stdio: ['ignore', output, output] });
      closeSync(output);
      return child;
    },
    // The docker client passes the signal on to the broker and ends with it.
    terminate: (child) => void child.kill('SIGTERM'),
    kill: async () => void (await succeeds('docker', ['kill', name])),
    control: (args) => run('docker', ['exec', name, 'rabbitmqctl', ...args]),
    discard: async () => {
      await succeeds('docker', ['volume', 'rm', '--force', name]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * Deletes the volume that a container of this directory keeps its data in, if there ever was one.
 * @param {string} dir
 */
export async function discardVolume(dir) {
  const name = await knownName(dir);
  if (!name) return;
  await succeeds('docker', ['rm', '--force', name]);
  await succeeds('docker', ['volume', 'rm', '--force', name]);
}

/** @param {string} name @param {ContainerPorts} ports */
function dockerRun(name, ports) {
  const publish = [
    [ports.amqp, 5672],
    [ports.management, 15672],
    [ports.prometheus, 15692],
  ].flatMap(([here, there]) => ['--publish', `127.0.0.1:${here}:${there}`]);
  // The node is named after the host, and the data belongs to the node: the host name stays the same.
  const identity = ['--name', name, '--hostname', 'parley', '--volume', `${name}:/var/lib/rabbitmq`];
  return ['run', '--rm', ...identity, ...publish, image];
}

/** @param {string} dir */
async function containerName(dir) {
  const known = await knownName(dir);
  if (known) return known;
  const name = `parley-rabbitmq-${randomBytes(4).toString('hex')}`;
  await writeFile(join(dir, 'container-name'), `${name}\n`);
  return name;
}

/** @param {string} dir */
async function knownName(dir) {
  return (await readFile(join(dir, 'container-name'), 'utf8').catch(() => '')).trim();
}

// @ts-check
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from './errors.mjs';
import { easeShutdown, endEpmd, guardNode } from './erlang.mjs';
import { findExecutable } from './executables.mjs';
import { describeProcess, endProcess, signalGroup } from './processes.mjs';
import { run } from './run-command.mjs';

/** @import { BrokerRecipe } from './broker-handle.mjs' */
/** @typedef {{ amqp: number, management: number, prometheus: number, distribution: number, epmd: number }} NodePorts */
/** @typedef {{ name: string, members: string[], cookie: string }} Membership of a node in a cluster; `members`: the names of all */

// What Debian, Red Hat and Homebrew put on the PATH is a wrapper that changes the user, the directory or the settings.
const realServers = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server',
  '/usr/local/opt/rabbitmq/sbin/rabbitmq-server',
];

/**
 * Two schedulers are plenty here. The busy waits halve the time to boot: loading code is thousands of tiny file reads,
 * and without them a thread goes to sleep and is woken again for each.
 */
const erlangFlags = '+S 2:2 +SDio 4 +sbwt short +sbwtdio long -kernel inet_dist_use_interface {127,0,0,1}';

/** @returns {Promise<string | undefined>} the RabbitMQ server installed on this machine */
export async function findInstalledServer() {
  return findExecutable([...realServers, 'rabbitmq-server']);
}

/**
 * A node of the installed RabbitMQ that shares nothing with any other: its own data, configuration, cookie, name, ports
 * and port mapper. Nodes of one cluster share the cookie and the port mapper.
 * @param {object} options
 * @param {string} options.server
 * @param {string} options.dir
 * @param {string} options.host the address for AMQP clients
 * @param {NodePorts} options.ports
 * @param {number} options.statisticsIntervalMs
 * @param {Membership} [options.membership] when left out, the node is alone
 * @param {string[]} [options.settings] further lines of its rabbitmq.conf
 * @returns {Promise<BrokerRecipe>}
 */
export async function installedBroker({ server, dir, host, ports, statisticsIntervalMs, membership, settings = [] }) {
  const logs = join(dir, 'log');
  await mkdir(logs, { recursive: true });
  await endEarlierNode(dir);
  if (membership) await writeOnce(join(dir, '.erlang.cookie'), membership.cookie, 0o400);
  const members = clusterConfiguration(membership?.members ?? []);
  const further = settings.map((setting) => `${setting}\n`).join('');
  await Promise.all([
    writeFile(join(dir, 'rabbitmq.conf'), configuration(host, ports, statisticsIntervalMs) + members + further),
    writeFile(join(dir, 'enabled_plugins'), '[rabbitmq_management,rabbitmq_prometheus].\n'),
    writeFile(join(dir, 'rabbitmq-env.conf'), '# Empty, so that the settings of the machine do not apply.\n'),
  ]);
  const name = membership?.name ?? (await nodeName(dir));
  const env = environment(server, dir, ports, name);
  const logFile = join(logs, 'rabbitmq.log');
  return {
    kind: 'installed',
    host,
    ports,
    logFile,
    spawn: () => {
      const output = openSync(join(logs, 'console.log'), 'a');
      // Detached: a group of its own, so that Ctrl-C in the terminal does not reach it before we ask it to stop.
      const child = spawn(server, [], { env, cwd: dir, detached: true, stdio: ['ignore', output, output] });
      closeSync(output);
      if (child.pid !== undefined) {
        guardNode(child, child.pid, ports.epmd);
        writeFileSync(ownPidFile(dir), String(child.pid));
      }
      return child;
    },
    terminate: async (child) => {
      await easeShutdown(name, env);
      child.kill('SIGTERM');
    },
    kill: (child) => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    },
    control: (args) => run(join(dirname(server), 'rabbitmqctl'), args, { env }),
    cleanUp: () => endEpmd(ports.epmd),
    discard: () => rm(dir, { recursive: true, force: true }),
  };
}

/** RabbitMQ deletes the one it writes when it begins to shut down. @param {string} dir */
function ownPidFile(dir) {
  return join(dir, 'node-pid');
}

/**
 * A node that an earlier run left behind is still shutting down, maybe: two nodes on the same data would destroy it.
 * @param {string} dir
 */
async function endEarlierNode(dir) {
  const pid = Number(await readFile(ownPidFile(dir), 'utf8').catch(() => ''));
  const node = pid > 0 ? await describeProcess(pid) : undefined;
  if (node?.command.includes(`-home ${dir} `)) await endProcess(node);
}

/** @param {string} host @param {NodePorts} ports @param {number} statisticsIntervalMs */
function configuration(host, ports, statisticsIntervalMs) {
  return `# Written at every start.
listeners.tcp.local = ${host}:${ports.amqp}
loopback_users.guest = ${host === '127.0.0.1'}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${ports.management}
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = ${ports.prometheus}
collect_statistics_interval = ${statisticsIntervalMs}
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.relative = 0.4
log.console = false
log.file.level = info
log.file.rotation.size = 10485760
log.file.rotation.count = 3
`;
}

/** A node that starts for the first time joins the others that run. @param {string[]} members */
function clusterConfiguration(members) {
  const lines = members.map((member, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${member}`);
  return lines.length === 0
    ? ''
    : ['cluster_formation.peer_discovery_backend = classic_config', ...lines, ''].join('\n');
}

/** @param {string} file @param {string} content @param {number} mode */
async function writeOnce(file, content, mode) {
  await writeFile(file, content, { mode, flag: 'wx' }).catch((error) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}

/**
 * @param {string} server
 * @param {string} dir
 * @param {NodePorts} ports
 * @param {string} name
 */
function environment(server, dir, ports, name) {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(RABBITMQ_|ERL_|NOTIFY_SOCKET$)/.test(key));
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(server), process.env.PATH].join(':'),
    // The Erlang cookie is in the home directory.
    HOME: dir,
    RABBITMQ_NODENAME: name,
    RABBITMQ_CONF_ENV_FILE: join(dir, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(dir, 'generated'),
    RABBITMQ_MNESIA_BASE: join(dir, 'data'),
    RABBITMQ_MNESIA_DIR: join(dir, 'data', 'node'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_LOGS: join(dir, 'log', 'rabbitmq.log'),
    RABBITMQ_PID_FILE: join(dir, 'pid'),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlangFlags,
    // Makes the start script become the broker instead of waiting for it, so that our child is the broker itself.
    RUNNING_UNDER_SYSTEMD: 'true',
    ERL_CRASH_DUMP: join(dir, 'log', 'erl_crash.dump'),
  };
}

/** The data belongs to the node of that name: the name is made once, and kept with the data. @param {string} dir */
async function nodeName(dir) {
  const file = join(dir, 'node-name');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known) return known.trim();
  const name = `parley-${randomBytes(4).toString('hex')}@localhost`;
  await writeFile(file, `${name}\n`);
  return name;
}

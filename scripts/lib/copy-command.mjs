// @ts-check
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build, clientDir } from './build.mjs';
import { describeDatabase } from './database-urls.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { UserError } from './errors.mjs';
import { hostOf, withoutPassword } from './external-broker.mjs';
import { systemToJoin } from './joining.mjs';
import { isPortFree, requireFreePorts } from './ports.mjs';
import { processEnvironment } from './process-environment.mjs';
import { runCopy } from './run-copy.mjs';
import { findRunning } from './running-file.mjs';
import { copyPorts, planInstance } from './services.mjs';

/** @import { CopyOptions } from './copy-options.mjs' */
/** @import { JoinableSystem } from './running-file.mjs' */
/** @import { StartContext } from './start-command.mjs' */
/** @import { Instance } from './services.mjs' */

/**
 * Everything `npm run copy` does. Ends when the copy has left, or by an error.
 * @param {CopyOptions} options
 * @param {StartContext} context
 */
export async function copyCommand(options, context) {
  const { root, terminal, signals } = context;
  const dataDir = join(root, '.data');
  const system = await systemToJoin(options, context.env, await findRunning(dataDir));
  const wanted = options.port === undefined ? [] : [{ label: options.name, port: options.port }];
  await requireFreePorts(wanted, system.host);
  await ensureDependencies({ root, terminal, signal: signals.stop });
  await build({ root, terminal, signal: signals.stop });
  const instance = await planCopy(options, context, system, dataDir);
  describe(instance, system, context);
  await runCopy(instance, system.local ? dataDir : undefined, context);
}

/**
 * @param {CopyOptions} options
 * @param {StartContext} context
 * @param {JoinableSystem & { local: boolean }} system
 * @param {string} dataDir
 */
async function planCopy({ name, ...options }, { root, terminal, env }, system, dataDir) {
  const { rabbitmqUrl, databaseUrls, host, settings } = system;
  const port = options.port ?? (await nextFreePort(name, host, dataDir));
  // What a copy of query has built belongs to one event log.
  const ownDataDir = system.local ? dataDir : elsewhereDir(root, rabbitmqUrl);
  await mkdir(ownDataDir, { recursive: true });
  const instance = planInstance({
    root,
    name,
    port,
    host,
    dataDir: ownDataDir,
    rabbitmqUrl,
    databaseUrls,
    label: `${name}:${port}`,
    index: 1,
    clientDir: clientDir(root),
    env: processEnvironment({ root, terminal, env: { ...settings, ...env } }),
  });
  // Of this one process, so not for the launcher to pass on to all.
  if (env.ADVERTISE_URL) instance.env.ADVERTISE_URL = env.ADVERTISE_URL;
  return instance;
}

/** @param {CopyOptions['name']} name @param {string} host @param {string} dataDir */
async function nextFreePort(name, host, dataDir) {
  const { processes } = await findRunning(dataDir);
  // One that is just starting does not listen yet.
  const taken = new Set(processes.flatMap(({ port }) => (port === undefined ? [] : [port])));
  for (const port of copyPorts(name, taken)) {
    if (await isPortFree(port, host)) return port;
  }
  throw new UserError(`There is no free port for a copy of ${name}.`);
}

/**
 * Where copies that join a system elsewhere keep what is theirs alone.
 * @param {string} root of the checkout
 * @param {string} rabbitmqUrl of that system
 */
export function elsewhereDir(root, rabbitmqUrl) {
  const [first = ''] = rabbitmqUrl.split(',');
  const name = `${hostOf(first)}${new URL(first).pathname}`.replaceAll(/[^\w.-]+/g, '_');
  return join(root, '.data', 'elsewhere', name);
}

/** @param {Instance} instance @param {JoinableSystem} system @param {StartContext} context */
function describe({ label, url, databaseUrl }, { rabbitmqUrl }, { terminal, root }) {
  const broker = rabbitmqUrl.split(',').map((each) => withoutPassword(each.trim()));
  const database = databaseUrl ? `, database ${describeDatabase(databaseUrl, root)}` : '';
  terminal.line(`  ${label} at ${terminal.paint('bold', url)}, broker ${broker.join(', ')}${database}`);
}

// @ts-check
import { connect } from 'node:net';
import { databaseOn, isPostgres } from './database-urls.mjs';
import { messageOf, UserError } from './errors.mjs';
import { hostOf, nodesOf, reachableNode, withoutPassword } from './external-broker.mjs';

/** @import { SharingService } from './database-urls.mjs' */
/** @import { CopyOptions } from './copy-options.mjs' */
/** @import { JoinableSystem, Running } from './running-file.mjs' */

/**
 * The system that a copy joins: the one that `npm start` runs in this checkout; or, when RABBITMQ_URL names another
 * broker, the one that uses that.
 * @param {CopyOptions} options
 * @param {NodeJS.ProcessEnv} env
 * @param {Running} running
 * @returns {Promise<JoinableSystem & { local: boolean }>}
 */
export async function systemToJoin(options, env, { launcher, system, stopping }) {
  const url = env.RABBITMQ_URL;
  if (launcher && system && !stopping && (!url || shareANode(url, system.rabbitmqUrl))) {
    return { ...system, host: options.host ?? system.host, local: true };
  }
  if (url) return { ...(await systemElsewhere(options, url, env)), local: false };
  throw new UserError(
    'No system runs from this checkout. Start one with `npm start`, or name the broker of one elsewhere: RABBITMQ_URL=amqp://…',
  );
}

/**
 * @param {CopyOptions} options
 * @param {string} rabbitmqUrl
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<JoinableSystem>}
 */
async function systemElsewhere({ name, host }, rabbitmqUrl, env) {
  const databaseUrls =
    name === 'gateway' || name === 'query' ? {} : { [name]: databaseElsewhere(name, env.DATABASE_URL) };
  const node = await reachableNode(rabbitmqUrl);
  return { rabbitmqUrl, databaseUrls, host: host ?? (env.HOST || (await addressTowards(node))), settings: {} };
}

/** @param {SharingService} name @param {string | undefined} url */
function databaseElsewhere(name, url) {
  if (url && isPostgres(url)) return databaseOn(url, name);
  const given = url ? `DATABASE_URL (${url.split(':')[0]}:…) is not PostgreSQL` : 'DATABASE_URL is not set';
  throw new UserError(
    `${given}: a copy of ${name} elsewhere needs the database of the system, such as DATABASE_URL=postgres://user:password@10.0.0.1:5432.`,
  );
}

/** The address of ours from which we reach a server. @param {string} url @returns {Promise<string>} */
function addressTowards(url) {
  const [hostname = '', port] = splitHost(hostOf(url));
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      resolve(socket.localAddress ?? '127.0.0.1');
      socket.destroy();
    });
    socket.once('error', (error) => reject(new UserError(`${withoutPassword(url)}: ${messageOf(error)}.`)));
  });
}

/** @param {string} host with a port */
function splitHost(host) {
  const at = host.lastIndexOf(':');
  return [host.slice(0, at).replaceAll(/^\[|\]$/g, ''), host.slice(at + 1)];
}

/** @param {string} one @param {string} other */
function shareANode(one, other) {
  const hosts = new Set(nodesOf(one).map(comparable));
  return nodesOf(other).some((url) => hosts.has(comparable(url)));
}

/** @param {string} url */
function comparable(url) {
  return URL.canParse(url) ? hostOf(url).replace(/^localhost:/, '127.0.0.1:') : url;
}

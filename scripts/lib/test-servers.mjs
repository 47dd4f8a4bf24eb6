// @ts-check
import { join } from 'node:path';
import { startPrivateBroker } from './broker.mjs';
import { startPrivatePostgres } from './postgres.mjs';

/** @import { BrokerMeans } from './broker.mjs' */

/**
 * A RabbitMQ and a PostgreSQL for tests, of their own, in a directory. What TEST_RABBITMQ_URL (with
 * TEST_RABBITMQ_MANAGEMENT_URL) or TEST_POSTGRES_URL name is used instead.
 * @param {{ dir: string, env: NodeJS.ProcessEnv, means?: BrokerMeans, programs?: string, signal?: AbortSignal }} options
 *   `means`, `programs`: what `provisionBroker` and `provisionPostgres` found
 * @returns {Promise<{ env: Record<string, string>, close(): Promise<void> }>} `env`: where tests find them
 */
export async function startTestServers({ dir, env, means, programs, signal }) {
  const starting = [
    env.TEST_RABBITMQ_URL ? undefined : startBroker(join(dir, 'rabbitmq'), { means, signal }),
    env.TEST_POSTGRES_URL ? undefined : startPostgres(join(dir, 'postgres'), { programs, signal }),
  ].filter((each) => each !== undefined);
  const ends = await Promise.allSettled(starting);
  const started = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const close = async () => void (await Promise.all(started.map((each) => each.close())));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  return { env: Object.assign({}, ...started.map((each) => each.env)), close };
}

/** @param {string} dir @param {{ means?: BrokerMeans, signal?: AbortSignal }} options */
async function startBroker(dir, options) {
  const broker = await startPrivateBroker({ dir, ...options, statisticsIntervalMs: 1000 });
  return {
    env: { TEST_RABBITMQ_URL: broker.url, TEST_RABBITMQ_MANAGEMENT_URL: broker.managementUrl },
    close: () => broker.close({ force: true, discard: true }),
  };
}

/** @param {string} dir @param {{ programs?: string, signal?: AbortSignal }} options */
async function startPostgres(dir, options) {
  const postgres = await startPrivatePostgres({ dir, ...options });
  return { env: { TEST_POSTGRES_URL: postgres.url }, close: () => postgres.close({ force: true, discard: true }) };
}

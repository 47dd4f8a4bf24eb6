// @ts-check
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateBroker } from './lib/broker.mjs';

/**
 * Gives the tests a RabbitMQ of their own, in TEST_RABBITMQ_URL and TEST_RABBITMQ_MANAGEMENT_URL. `npm test` has
 * started one already; this is for `npx vitest run`.
 * @returns {Promise<(() => Promise<void>) | undefined>} what to do after the last test
 */
export default async function setUp() {
  if (process.env.TEST_RABBITMQ_URL) return undefined;
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const broker = await startPrivateBroker({ dir, statisticsIntervalMs: 1000 });
  process.env.TEST_RABBITMQ_URL = broker.url;
  process.env.TEST_RABBITMQ_MANAGEMENT_URL = broker.managementUrl;
  return () => broker.close({ force: true, discard: true });
}

// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServers } from './lib/test-servers.mjs';

/**
 * Gives the tests a RabbitMQ and a PostgreSQL of their own, in TEST_RABBITMQ_URL, TEST_RABBITMQ_MANAGEMENT_URL and
 * TEST_POSTGRES_URL. `npm test` has started them already; this is for `npx vitest run`.
 * @returns {Promise<() => Promise<void>>} what to do after the last test
 */
export default async function setUp() {
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const removeDirectory = () => rm(dir, { recursive: true, force: true });
  const starting = startTestServers({ dir, env: process.env });
  const servers = await starting.catch(async (error) => {
    await removeDirectory();
    throw error;
  });
  Object.assign(process.env, servers.env);
  return async () => {
    await servers.close();
    await removeDirectory();
  };
}

import { describe, expect, it } from 'vitest';
import { systemToJoin } from './joining.mjs';
import type { CopyOptions } from './copy-options.mjs';

const launcher = { pid: 1, startedAt: 'now', command: 'node' };
const system = {
  rabbitmqUrl: 'amqp://guest:guest@127.0.0.1:5672/parley-1',
  host: '127.0.0.1',
  databaseUrls: {},
  settings: { RETRY_DELAYS: '1s' },
};
const nothing = { launcher: undefined, processes: [] };
const running = { launcher, processes: [], system };
const join = (name: CopyOptions['name'], env: NodeJS.ProcessEnv, found: Parameters<typeof systemToJoin>[2]) =>
  systemToJoin({ help: false, name }, env, found);

describe('systemToJoin', () => {
  it('is the one that runs from this checkout', async () => {
    expect(await join('comments', {}, running)).toEqual({ ...system, local: true });
  });

  it('is the one that runs from this checkout, when RABBITMQ_URL names its broker', async () => {
    const env = { RABBITMQ_URL: 'amqp://localhost' };
    expect(await join('comments', env, running)).toEqual({ ...system, local: true });
  });

  it('is none where nothing runs, or what runs is about to end', async () => {
    await expect(join('comments', {}, nothing)).rejects.toThrow('No system runs from this checkout');
    await expect(join('comments', {}, { ...running, stopping: true })).rejects.toThrow('No system runs');
  });

  it.each([undefined, 'sqlite:comments.db'])('is none elsewhere for a service with the database %s', async (url) => {
    const env = { RABBITMQ_URL: 'amqp://10.0.0.1', DATABASE_URL: url };
    await expect(join('comments', env, nothing)).rejects.toThrow(/a copy of comments elsewhere needs/);
  });

  it('says so when the broker elsewhere does not answer', async () => {
    const env = { RABBITMQ_URL: 'amqp://me:secret@127.0.0.1:1' };
    const joining = join('query', env, running);
    await expect(joining).rejects.toThrow('amqp://127.0.0.1:1: connect ECONNREFUSED');
    await expect(joining).rejects.not.toThrow('secret');
  });
});

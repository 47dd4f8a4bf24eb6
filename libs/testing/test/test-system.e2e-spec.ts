import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Module } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { type AppDefinition, appEnv } from '#service';
import { TestSystem, waitFor } from '#testing';

@Module({})
class EmptyModule {}
const empty: AppDefinition = { name: 'gateway', env: appEnv('gateway'), module: () => ({ module: EmptyModule }) };

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('parley-test-'));

describe(TestSystem.name, () => {
  it('leaves no vhost, no folder and no port behind', async () => {
    const system = await TestSystem.start({ apps: [empty] });
    const { vhost } = system;
    expect((await system.http('gateway').get('/health/live')).status).toBe(200);
    const { baseUrl } = system.http('gateway');
    await system.stop();
    await expect(vhost.queues()).rejects.toThrow('404');
    await expect(fetch(baseUrl)).rejects.toThrow();
    expect(folders().filter((name) => existsSync(`${tmpdir()}/${name}/gateway.db`))).toEqual([]);
  });

  it('cleans up when an app does not start', async () => {
    const failing: AppDefinition = {
      ...empty,
      configure: () => {
        throw new Error('on purpose');
      },
    };
    await expect(TestSystem.start({ apps: [failing] })).rejects.toThrow('on purpose');
  });
});

describe(waitFor.name, () => {
  it('says what it waited for, and what was said last', async () => {
    const never = (): never => {
      throw new Error('still closed');
    };
    await expect(waitFor(never, { timeout: 50, what: 'the door' })).rejects.toThrow(
      /the door; last: Error: still closed/,
    );
  });
});

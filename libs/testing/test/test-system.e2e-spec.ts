import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Module } from '@nestjs/common';
import { connect } from 'amqplib';
import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import {
  CreateInbox1790000000002,
  CreateLeases1790000000005,
  CreateOutbox1790000000001,
  DatabaseModule,
  InboxMessage,
  Lease,
  openReader,
  OrderOutboxByEvent1790000000004,
  OutboxMessage,
} from '#database';
import { MessagingModule } from '#messaging';
import { type AppDefinition, appEnv, messagingOptions, serviceEnv, type ServiceEnv } from '#service';
import { onPostgres, TestSystem, waitFor } from '#testing';

@Module({})
class EmptyModule {}
const empty: AppDefinition = { name: 'gateway', env: appEnv('gateway'), module: () => ({ module: EmptyModule }) };

/** An app with a database and connections; it lacks the handlers that the event table asks of it. */
const moderation = (configure: NonNullable<AppDefinition<ServiceEnv>['configure']>): AppDefinition<ServiceEnv> => ({
  name: 'moderation',
  env: serviceEnv('moderation'),
  module: (env) => {
    const database = DatabaseModule.forRoot({
      url: env.DATABASE_URL,
      entities: [OutboxMessage, InboxMessage, Lease],
      migrations: [
        CreateOutbox1790000000001,
        CreateInbox1790000000002,
        OrderOutboxByEvent1790000000004,
        CreateLeases1790000000005,
      ],
    });
    return { module: EmptyModule, imports: [database, MessagingModule.forRoot(messagingOptions('moderation', env))] };
  },
  configure,
});

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('parley-test-'));

describe(TestSystem.name, () => {
  it('leaves no vhost, no folder and no port behind', async () => {
    const system = await TestSystem.start({ apps: [empty] });
    const { vhost } = system;
    expect((await system.http('gateway').get('/health/live')).status).toBe(200);
    const { baseUrl } = system.http('gateway');
    await system.stop();
    await expect(vhost.queues()).rejects.toThrow('404');
    await expect(fetch(baseUrl)).rejects.toThrow('fetch failed');
    expect(folders().filter((name) => existsSync(`${tmpdir()}/${name}/gateway.db`))).toEqual([]);
  });

  it.each([
    ['cannot be set up', () => Promise.reject(new Error('on purpose')), 'on purpose'],
    ['lacks handlers', () => Promise.resolve(), 'moderation reacts to'],
  ])('cleans up when an app %s', async (_, configure, message) => {
    const seen: { databases: DataSource[]; env?: ServiceEnv } = { databases: [] };
    const definition = moderation((app, env) => {
      seen.databases.push(app.get(DataSource, { strict: false }));
      seen.env = env;
      return configure();
    });
    await expect(TestSystem.start({ apps: [definition] })).rejects.toThrow(message);
    expect(seen.databases.map(({ isInitialized }) => isInitialized)).toEqual([false]);
    await expect(openReader(seen.env!.DATABASE_URL, { entities: [], migrations: [] })).rejects.toThrow(
      onPostgres ? /database .* does not exist/ : /unable to open database file/,
    );
    // What amqplib says when the broker closes the connection because there is no such vhost.
    await expect(connect(seen.env!.RABBITMQ_URL[0]!)).rejects.toThrow(/ConnectionClose/);
  });

  it('starts an app again on the same port and database', async () => {
    const system = await TestSystem.start({ apps: [empty] });
    try {
      const { baseUrl } = system.http('gateway');
      await system.stopApp('gateway');
      expect(() => system.app('gateway')).toThrow('gateway is stopped');
      await system.startApp('gateway');
      expect(system.http('gateway').baseUrl).toBe(baseUrl);
      expect((await system.http('gateway').get('/health/live')).status).toBe(200);
      expect(() => system.http('posts')).toThrow('posts is not part of this system');
    } finally {
      await system.stop();
    }
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

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { UnitOfWork } from '#database';
import { EventPublisher, OutboxRelay } from '#messaging';
import { TestBus, TestSystem } from '#testing';
import { aComment, aVerdict, many } from './event.factory.js';
import { moderationApp } from './moderation.app.js';
import { Effect, Script } from './script.js';
import { TcpLink } from '../../../chaos/faults/link.mjs';

const { TEST_RABBITMQ_URL } = process.env;

describe('an outage of RabbitMQ', () => {
  const script = new Script();
  let link: TcpLink;
  let system: TestSystem;
  /** Reaches RabbitMQ all the while. */
  let bus: TestBus;

  beforeAll(async () => {
    const direct = new URL(TEST_RABBITMQ_URL!);
    link = await TcpLink.open({ host: direct.hostname, port: Number(direct.port) });
    process.env['TEST_RABBITMQ_URL'] = `amqp://${direct.username}:${direct.password}@127.0.0.1:${link.port}`;
    system = await TestSystem.start({ apps: [moderationApp(script)] });
    bus = await TestBus.connect(`${direct.href.replace(/\/$/, '')}${new URL(system.vhost.url).pathname}`, [50, 100]);
  });
  afterAll(async () => {
    process.env['TEST_RABBITMQ_URL'] = TEST_RABBITMQ_URL;
    await bus.close();
    await system.stop();
    await link.close();
  });

  const relay = () => system.app('moderation').get(OutboxRelay);
  const effects = (subject: string) => system.app('moderation').get(DataSource).manager.countBy(Effect, { subject });
  const status = async () => (await system.http('moderation').get<{ status: string }>('/health/ready')).body.status;
  const write = async (count: number) => {
    const verdicts = many(count, () => aVerdict());
    await Promise.all(
      verdicts.map((verdict) =>
        system
          .app('moderation')
          .get(UnitOfWork, { strict: false })
          .run((manager) =>
            system.app('moderation').get(EventPublisher).publish(manager, 'comment.moderated', verdict),
          ),
      ),
    );
    return verdicts.map(({ commentId }) => commentId);
  };
  const heard = () => bus.events('comment.moderated').map(({ data }) => data.commentId);
  const everythingArrives = async (written: string[], published: string[]) => {
    await system.waitFor(async () => (await relay().pending()) === 0, {
      what: 'the outbox to be empty',
      timeout: 50_000,
    });
    expect(heard().filter((id) => written.includes(id))).toEqual(expect.arrayContaining(written));
    for (const id of published) await system.waitFor(() => effects(id), { what: `${id} to be handled` });
    for (const id of published) expect(await effects(id)).toBe(1);
  };

  it('loses nothing: what is written meanwhile waits in the outbox, in order', async () => {
    link.refuse();
    await system.waitFor(async () => (await status()) === 'degraded');
    const written = await write(50);
    const published = await Promise.all(many(50, () => bus.publish('comment.created', aComment())));
    expect(await relay().pending()).toBe(50);
    link.restore();
    await everythingArrives(
      written,
      published.map(({ data }) => data.id),
    );
    expect(heard().filter((id) => written.includes(id))).toEqual(written);
    await system.ready('moderation');
  });

  it('stops the service without it, and publishes after the next start', async () => {
    link.refuse();
    const written = await write(5);
    await system.stopApp('moderation');
    await system.startApp('moderation');
    expect(await status()).toBe('degraded');
    expect(await relay().pending()).toBe(5);
    link.restore();
    await everythingArrives(written, []);
  });

  it('is noticed when the network just falls silent', async () => {
    link.cut();
    const written = await write(5);
    const { data } = await bus.publish('comment.created', aComment());
    await system.waitFor(async () => (await status()) === 'degraded', { timeout: 40_000 });
    link.restore();
    await everythingArrives(written, [data.id]);
    await system.ready('moderation');
  }, 120_000);
});

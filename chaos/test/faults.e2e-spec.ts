import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '#testing';
import { probeAmqp } from '../../scripts/lib/amqp-probe.mjs';
import { hasMemoryAlarm } from '../faults/broker.mjs';
import { immutabilityMissing } from '../faults/immutable.mjs';
import { recentEvents } from '../faults/recent-events.mjs';
import { smallDiskMissing } from '../faults/small-disk.mjs';
import { faults } from '../faults/index.mjs';
import { faultOf, ProvingGround } from './proving-ground.js';

const noSmallDisk = smallDiskMissing();
const noImmutability = immutabilityMissing(tmpdir());
if (noSmallDisk) console.warn(`The test of a full disk is left out: ${noSmallDisk}.`);
if (noImmutability) console.warn(`The test of a read-only disk is left out: ${noImmutability}.`);

describe('faults', { timeout: 120_000 }, () => {
  let ground: ProvingGround;
  beforeAll(async () => {
    ground = await ProvingGround.start();
  }, 180_000);
  afterAll(() => ground?.stop(), 60_000);

  const stateOf = async (url: string, timeoutMs?: number) => (await probeAmqp(url, timeoutMs)).state;
  const comment = () => ground.commenters.write();

  it('have names of their own', () => {
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  });

  describe('of the network', () => {
    const on = ['comments'];
    const linkUrl = () => ground.site.process('comments').link.rabbitmqUrl;

    it.each(['network-cut', 'network-cut-short'])('%s: nothing comes through, and then again', async (name) => {
      const meanwhile = async () => {
        expect(await stateOf(linkUrl(), 500)).toBe('not-amqp');
        await comment();
      };
      await ground.inject(name, { on, meanwhile });
      expect(await stateOf(linkUrl())).toBe('ok');
      await ground.commenters.allShown();
    });

    it('network-slow: everything comes through late, and then in time again', async () => {
      const took = async () => {
        const since = performance.now();
        expect(await stateOf(linkUrl(), 10_000)).toBe('ok');
        return performance.now() - since;
      };
      let slow = 0;
      await ground.inject('network-slow', { on, meanwhile: async () => void (slow = await took()) });
      expect(slow).toBeGreaterThan(500);
      expect(await took()).toBeLessThan(slow);
    });
  });

  describe('of RabbitMQ', () => {
    const state = () => stateOf(ground.site.broker.url);
    const accepts = async () => expect((await ground.writePost()).status).toBe(201);

    it('broker-killed: another process serves afterwards', async () => {
      const { pid } = ground.site.broker;
      await ground.inject('broker-killed');
      expect(ground.site.broker.pid).not.toBe(pid);
      expect(await state()).toBe('ok');
    });

    it('broker-stopped: nobody answers, and then again', async () => {
      const meanwhile = async () => {
        expect(await state()).toBe('unreachable');
        await accepts();
      };
      await ground.inject('broker-stopped', { meanwhile });
      expect(await state()).toBe('ok');
    });

    it('broker-node-killed takes a cluster', () => {
      const reason = faultOf('broker-node-killed').impossible?.(ground.site);
      expect(reason).toBe('it takes a RabbitMQ cluster of three nodes');
    });

    it('broker-memory-alarm: no message is taken, but writes are, and then both', async () => {
      const confirmed = (timeout: number) =>
        ground.onChannel(async (channel) => {
          channel.publish('', 'nobody', Buffer.from('?'));
          const confirm = channel.waitForConfirms().then(() => true);
          return Promise.race([confirm, new Promise((resolve) => setTimeout(resolve, timeout, false))]);
        });
      const meanwhile = async () => {
        expect(await hasMemoryAlarm(ground.site.broker)).toBe(true);
        expect(await confirmed(500)).toBe(false);
        await accepts();
      };
      await ground.inject('broker-memory-alarm', { meanwhile });
      expect(await hasMemoryAlarm(ground.site.broker)).toBe(false);
      expect(await confirmed(10_000)).toBe(true);
      await comment();
      await ground.commenters.allShown();
    });
  });

  describe('of queues', () => {
    it('queue-deleted: what was in it is gone, and it is declared again', async () => {
      const consumers = (queue: string) =>
        ground.onChannel(async (channel) => (await channel.checkQueue(queue)).consumerCount).catch(() => 0);
      const deleted = ground.inject('queue-deleted', { on: ['moderation'] });
      expect(await ground.underLoad(deleted)).toMatch(/^queue moderation deleted with \d+ messages in it$/);
      await waitFor(async () => (await consumers('comments')) === 2 && (await consumers('moderation')) === 1);
      await comment();
      await ground.commenters.allShown();
    });

    it.each([
      ['deliveries-repeated', 1],
      ['deliveries-reversed', 1],
      ['events-published-again', 2],
    ])('%s: the event log holds each %i times, and nothing takes effect twice', async (name, times) => {
      for (let i = 0; i < 10; i++) await comment();
      await ground.commenters.allShown();
      const said = await ground.inject(name);
      const ids = ground.site.injectedEventIds.splice(0);
      expect(said).toContain(`${ids.length} events `);
      expect(ids.length).toBeGreaterThanOrEqual(30);
      const logged = await ground.onChannel((channel) => recentEvents(channel, Infinity, Math.random));
      const last = logged.filter(({ id }) => id === ids.at(-1));
      expect(last).toHaveLength(times);
      await comment();
      await ground.commenters.allShown();
    });
  });

  describe('of disks', () => {
    const refused = async () => {
      await waitFor(async () => (await ground.writePost()).status !== 201, { what: 'a write to be refused' });
      const { status, body, headers } = await ground.writePost();
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect([status, body]).toMatchObject([503, { status: 503 }]);
    };
    const accepted = () =>
      waitFor(async () => (await ground.writePost()).status === 201, { what: 'writes to be taken' });

    it.skipIf(noSmallDisk)('disk-full: writes are refused, and taken again once there is room', async () => {
      const steps = [refused, accepted];
      const pids: number[] = [];
      const meanwhile = async () => {
        pids.push(ground.site.process('posts').pid);
        await steps.shift()!();
      };
      expect(await ground.inject('disk-full', { on: ['posts'], meanwhile })).toBe('the disk of posts was full');
      expect(steps).toEqual([]);
      expect(pids[0]).toBe(pids[1]);
      await accepted();
    });

    it.skipIf(noImmutability)('disk-read-only: writes are refused, and then taken again', async () => {
      const { pid } = ground.site.process('posts');
      await ground.inject('disk-read-only', { on: ['posts'], meanwhile: refused });
      await accepted();
      expect(ground.site.process('posts').pid).toBe(pid);
    });
  });

  it.each([
    ['comments-throws-always', 'comments:2'],
    ['query-throws-sometimes', 'query'],
  ])('%s: handlers throw, and everything is handled in the end', async (name, label) => {
    const said = await ground.underLoad(
      ground.inject(name, { on: [label], meanwhile: () => ground.commenters.more(5, 'while handlers throw') }),
    );
    expect(said).toMatch(/ threw [1-9]\d* times$/);
    await ground.commenters.allShown();
    expect(await ground.idsIn('comments.dead')).toEqual([]);
  });

  it('poison: ends in the dead letters where it is said to, and in no others', async () => {
    await ground.inject('poison');
    const expected = ground.site.poison.splice(0).map(({ queue, messageId }) => `${queue} ${messageId}`);
    const found = async () => {
      const queues = ['comments.dead', 'moderation.dead', 'query.dead'];
      const ids = await Promise.all(
        queues.map(async (queue) => (await ground.idsIn(queue)).map((id) => `${queue} ${id}`)),
      );
      // Each copy of query reads the log, and says itself what it cannot handle.
      return [...new Set(ids.flat())];
    };
    await waitFor(async () => (await found()).length >= expected.length, { what: 'the poison to be dead-lettered' });
    expect((await found()).toSorted()).toEqual(expected.toSorted());
    await comment();
    await ground.commenters.allShown();
  });
});

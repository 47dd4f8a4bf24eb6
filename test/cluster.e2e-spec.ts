import { deepEqual, equal } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '#testing';
import { Broker } from '../libs/messaging/test/broker.js';
import { startPrivateCluster } from '../scripts/lib/broker-cluster.mjs';
import { Commenters } from './commenters.js';
import { RealSystem } from './real-system.js';

type Cluster = Awaited<ReturnType<typeof startPrivateCluster>>;

/** A queue in RabbitMQ's management API. */
interface Queue {
  name: string;
  durable: boolean;
  /** The nodes that hold it, and those of them that are up to date. */
  members?: string[];
  online?: string[];
}

/** What one of the nodes says of the queues that are to outlive a node. */
async function queuesOf(cluster: Cluster): Promise<Queue[]> {
  const { origin, username, password } = new URL(cluster.nodes[0]!.managementUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${origin}/api/queues?disable_stats=false`, { headers: { authorization } });
  return ((await response.json()) as Queue[]).filter(({ durable }) => durable);
}

describe('a RabbitMQ cluster of three', { timeout: 600_000 }, () => {
  let folder: string;
  let cluster: Cluster;
  let real: RealSystem;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-cluster-'));
    cluster = await startPrivateCluster({ dir: join(folder, 'rabbitmq') });
    real = await RealSystem.start({ rabbitmqUrl: cluster.url });
  }, 400_000);
  afterAll(async () => {
    await real?.stop();
    await cluster?.close();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  /** Waits until every queue is on all nodes. */
  const whole = () =>
    waitFor(
      async () => {
        const queues = await queuesOf(cluster);
        const places = queues.map(({ name, members, online }) => [name, members?.length, online?.length]);
        deepEqual(
          places,
          queues.map(({ name }) => [name, 3, 3]),
        );
        for (const name of ['comments', 'moderation', 'event-log']) equal(places.flat().includes(name), true, name);
        return true;
      },
      { what: 'every queue to be on three nodes', timeout: 90_000 },
    );

  it('keeps every queue and the event log on three nodes', whole);

  it('loses no comment, refuses none and doubles none while each node in turn is killed', async () => {
    const commenters = await Commenters.start(real.api);
    const writing = commenters.writeOn(4);
    for (const node of cluster.nodes) {
      await commenters.more(20, 'before the kill');
      await node.kill();
      await commenters.more(50, 'while the node is down');
      await node.start();
      await whole();
    }
    commenters.stop();
    await writing;
    expect([...commenters.refused, ...commenters.brokenOff]).toEqual([]);
    await commenters.allShown();
    for (const queue of ['comments.dead', 'moderation.dead', 'query.dead'])
      expect(await messagesIn(queue, cluster)).toBe(0);
  });

  it('judges and shows what was written while only one node was left, as soon as there is a majority', async () => {
    const commenters = await Commenters.start(real.api);
    const [first, second] = cluster.nodes;
    await Promise.all([first!.kill(), second!.kill()]);
    for (let i = 0; i < 30; i++) await commenters.write();
    expect(commenters.accepted).toHaveLength(30);
    await first!.start();
    await commenters.allShown();
    await second!.start();
    await whole();
  });
});

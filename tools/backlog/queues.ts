import { reactingServices } from '#contracts';
import { type BrokerView, deadLetterQueueOf, queueOf, retryQueueOf } from '#messaging';
import type { Row } from './row.js';

/**
 * How many messages stand in each queue.
 *
 * @param retryDelays in milliseconds, one retry queue each
 */
export async function lookAtQueues(broker: BrokerView, retryDelays: number[]): Promise<Row[]> {
  const queues = [
    ...reactingServices.map((service) => ['queue', queueOf(service)] as const),
    ...reactingServices.flatMap((service) =>
      retryDelays.map((delay) => ['retry', retryQueueOf(service, delay)] as const),
    ),
    ...[...reactingServices, 'query' as const].map((service) => ['dead', deadLetterQueueOf(service)] as const),
  ];
  return Promise.all(queues.map(([kind, name]) => lookAt(broker, kind, name)));
}

async function lookAt(broker: BrokerView, kind: 'queue' | 'retry' | 'dead', name: string): Promise<Row> {
  const depth = await broker.depthOf(name);
  const row = { kind, of: name, waiting: depth?.ready ?? null, oldestSeconds: null };
  if (!depth) return { ...row, note: 'there is no such queue, or it does not answer' };
  const alone = kind === 'queue' && depth.consumers === 0;
  return { ...row, note: alone ? 'nobody takes its messages' : '' };
}

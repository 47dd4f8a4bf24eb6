// @ts-check
// One of the processes: keeps a number of units under way, and tells how it went.
import { once } from 'node:events';
import { v7 as uuidv7 } from 'uuid';
import {
  CreateOutbox1790000000001,
  createUnitOfWork,
  openWriter,
  OrderOutboxByEvent1790000000004,
  OutboxMessage,
} from '#database';

const [url = '', seconds, clients] = process.argv.slice(2);
const writer = await openWriter(url, {
  entities: [OutboxMessage],
  migrations: [CreateOutbox1790000000001, OrderOutboxByEvent1790000000004],
});
const unitOfWork = createUnitOfWork(writer);
/** How long each unit took to be committed, in milliseconds. @type {number[]} */
const waits = [];
let failed = 0;

process.send?.('ready');
await once(process, 'message');
const end = performance.now() + Number(seconds) * 1000;
await Promise.all(Array.from({ length: Number(clients) }, client));
waits.sort((a, b) => a - b);
const at = (/** @type {number} */ share) => waits[Math.ceil(waits.length * share) - 1] ?? 0;
process.send?.({ commits: waits.length, p50: at(0.5), p99: at(0.99), longest: at(1), failed });
process.disconnect();

async function client() {
  while (performance.now() < end) {
    const begun = performance.now();
    try {
      await unitOfWork.run((manager) => manager.insert(OutboxMessage, message()));
      waits.push(performance.now() - begun);
    } catch {
      failed++;
    }
  }
}

/** As much as an event is. */
function message() {
  return { eventId: uuidv7(), type: 'post.created', body: 'x'.repeat(500), owner: 'bench', createdAt: '' };
}

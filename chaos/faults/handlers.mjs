// @ts-check
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { pick } from '../rounds/random.mjs';

/** @import { Fault, FaultSite } from './fault.mjs' */

const preload = new URL('./throwing-handlers.mjs', import.meta.url).href;
const throwingMs = 12_000;
const restartsSeconds = 6;
const firstThrowMs = 60_000;

/**
 * Event handlers that throw, after they have done their work. The process is stopped, started with them, and after a
 * while stopped and started as it was.
 *
 * Those of comments and moderation that always throw spare the last attempt of an event: after that it would stand in the
 * dead letters, for a person to redrive. Those of query throw for every third event once: it tries an event five times in
 * place and then skips it, which is what a handler that always throws must come to.
 *
 * @type {Fault[]}
 */
export const handlerFaults = [
  handlerFault({ service: 'comments', throws: 'always' }),
  handlerFault({ service: 'comments', throws: 'sometimes' }),
  handlerFault({ service: 'moderation', throws: 'always' }),
  handlerFault({ service: 'moderation', throws: 'sometimes' }),
  handlerFault({ service: 'query', throws: 'sometimes' }),
];

/** @param {{ service: 'comments' | 'moderation' | 'query', throws: 'always' | 'sometimes' }} options @returns {Fault} */
function handlerFault({ service, throws }) {
  return {
    name: `${service}-throws-${throws}`,
    what: `the event handlers of ${service} throw ${throws === 'always' ? 'always' : 'for every third event'}`,
    seconds: throwingMs / 1000 + restartsSeconds,
    touches: [service],
    // Otherwise no event comes.
    needs: ['broker'],
    async inject(site, { random, last }) {
      const target = pick(random, processesOf(site, service));
      const folder = await mkdtemp(join(tmpdir(), 'parley-thrown-'));
      const thrownFile = join(folder, 'thrown');
      try {
        await target.kill('SIGTERM');
        const options = `${process.env.NODE_OPTIONS ?? ''} --import ${preload}`;
        await target.start({ NODE_OPTIONS: options, CHAOS_THROWS: throws, CHAOS_THROWN_FILE: thrownFile });
        const bites = await waitFor(async () => (await thrown(thrownFile)) > 0, { timeoutMs: firstThrowMs });
        if (!bites) throw new Error(`no event handler of ${target.label} threw: no event came`);
        await last(throwingMs);
      } finally {
        await target.kill('SIGTERM');
        await target.start();
      }
      const times = await thrown(thrownFile);
      await rm(folder, { recursive: true });
      return `the event handlers of ${target.label} threw ${times} times`;
    },
  };
}

/** @param {FaultSite} site @param {string} service */
function processesOf(site, service) {
  return site.processes.filter(({ name }) => name === service);
}

/** How many errors were thrown. @param {string} file */
async function thrown(file) {
  return (await readFile(file, 'utf8').catch(() => '')).length;
}

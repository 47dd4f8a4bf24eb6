// @ts-check
import { Client } from 'undici';

/** @import { Dispatcher } from 'undici' */
/** @import { FaultSite, SiteProcess } from './fault.mjs' */

/** There is no such post, and no such comment. */
const nothing = '01900000-0000-7000-8000-000000000000';

/** A request that does the same however often it is sent, for each service that answers requests. */
const requests = /** @type {const} */ ([
  { name: 'query', method: 'GET', path: '/api/posts', expected: 200 },
  { name: 'posts', method: 'DELETE', path: `/api/posts/${nothing}`, expected: 404 },
  { name: 'comments', method: 'DELETE', path: `/api/posts/${nothing}/comments/${nothing}`, expected: 404 },
]);

/**
 * Sends idempotent requests all the time while something is done.
 * @param {FaultSite} site
 * @param {SiteProcess['name'][]} services to be asked
 * @param {() => Promise<unknown>} work
 * @returns {Promise<{ answered: number, failures: string[] }>} `failures`: of requests without the answer they must have
 */
export async function askMeanwhile(site, services, work) {
  const seen = { answered: 0, failures: /** @type {string[]} */ ([]) };
  const done = new AbortController();
  const asking = requests
    .filter(({ name }) => services.includes(name))
    .map(async ({ method, path, expected }) => {
      const client = new Client(site.url);
      while (!done.signal.aborted) {
        const { status, text } = await ask(client, { method, path });
        seen.answered += 1;
        if (status !== expected) seen.failures.push(`${method} ${path}: ${status} ${text}`);
      }
      await client.close();
    });
  try {
    await work();
  } finally {
    done.abort();
    await Promise.all(asking);
  }
  return seen;
}

/** @param {Client} client @param {Dispatcher.RequestOptions} request @returns {Promise<{ status: number, text: string }>} */
async function ask(client, request) {
  try {
    const { statusCode: status, body } = await client.request(request);
    return { status, text: await body.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

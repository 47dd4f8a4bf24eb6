// @ts-check
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { Client } from './client.mjs';
import { readOutboxes } from './databases.mjs';

/** @import { Violation } from './invariants/violation.mjs' */
/** @import { Ledger, Thing } from './ledger.mjs' */
/** @import { Site } from './site.mjs' */

/**
 * Waits until the system has healed: until a post and a comment that are written now are shown, the comment judged, and all
 * outboxes are empty.
 * @param {Site} site
 * @param {Ledger} ledger
 * @param {{ timeoutMs: number, signal: AbortSignal }} options
 * @returns {Promise<{ ms: number, violations: Violation[] }>} how long it took
 */
export async function probe(site, ledger, { timeoutMs, signal }) {
  const since = performance.now();
  const client = new Client(site.url, ledger);
  let awaited = '';
  /** Waits for one step, which must come before the limit. @param {string} what @param {() => unknown} step */
  const eventually = async (what, step) => {
    awaited = what;
    const left = timeoutMs - (performance.now() - since);
    return waitFor(async () => Boolean(await step()), { timeoutMs: left, everyMs: 25, signal });
  };
  try {
    /** @type {Thing | undefined} */
    let comment;
    const healed =
      (await eventually('a post to be accepted', () => client.createPost())) &&
      (await eventually(
        'a comment to be accepted',
        async () => (comment = await client.createComment(/** @type {Thing} */ (client.posts[0]))),
      )) &&
      (await eventually('a comment to be judged and shown', () => isJudged(client, comment))) &&
      (await eventually('the outboxes to be empty', () =>
        Object.values(readOutboxes(site)).every((count) => count === 0),
      ));
    const ms = performance.now() - since;
    return { ms, violations: healed ? [] : [stuck(awaited, ms)] };
  } finally {
    await client.close();
  }
}

/** @param {Client} client @param {Thing | undefined} comment */
async function isJudged(client, comment) {
  const { status, body } = await client.read(`/api/posts/${comment?.post?.id}/comments/${comment?.id}`);
  return status === 200 && JSON.parse(body).status !== 'pending';
}

/** @param {string} awaited @param {number} ms @returns {Violation} */
function stuck(awaited, ms) {
  return { kind: 'stuck', thing: 'the system', expected: awaited, found: `nothing for ${Math.round(ms / 1000)} s` };
}

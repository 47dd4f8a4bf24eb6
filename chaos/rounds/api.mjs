// @ts-check

/** @typedef {{ id: string, postId: string, content: string | null, status: string, version: number }} CommentView */
/** @typedef {{ id: string, title: string, version: number, commentCount: number, comments: CommentView[] }} PostView */
/** @typedef {{ posts: PostView[], comments: CommentView[] }} Shown what the gateway shows */

/**
 * Everything that the gateway shows: each page of the feed and of each post's comments.
 * @param {string} url of the gateway
 * @returns {Promise<Shown>}
 */
export async function readShown(url) {
  const posts = /** @type {PostView[]} */ (await all(url, '/api/posts?limit=100'));
  /** @type {CommentView[]} */
  const comments = [];
  for (const { id } of posts) comments.push(...(await all(url, `/api/posts/${id}/comments?limit=100`)));
  return { posts, comments };
}

/** @param {string} url @param {string} first the path of the first page */
async function all(url, first) {
  const items = [];
  /** @type {string | undefined} */
  let path = first;
  while (path) {
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    items.push(.../** @type {any[]} */ (await response.json()));
    path = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return items;
}

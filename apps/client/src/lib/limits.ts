/**
 * Limits of the texts, as in `libs/contracts/src/http`. They are repeated here because the schemas are not part of the
 * bundle. The server has the last word: what it refuses is shown at the field.
 */
export const limits = { title: 200, body: 20_000, comment: 5_000 } as const;

/** How many items are asked for at a time. The feed brings the first 20 comments of each post along. */
export const pageSizes = { posts: 20, comments: 50, max: 100 } as const;

// @ts-check
import { compareRows } from './read-models.mjs';
import { groupBy } from './violation.mjs';

/** @import { CommentView, Shown } from '../api.mjs' */
/** @import { CommentRow, Stored } from '../databases.mjs' */
/** @import { Violation } from './violation.mjs' */

const commentsInFeed = 20;

/**
 * Over HTTP everything that the services hold is shown once, the text of a comment only if it is approved.
 * @param {Pick<Stored, 'posts' | 'comments'>} stored
 * @param {Shown} shown
 * @returns {Violation[]}
 */
export function checkShown({ posts, comments }, shown) {
  const views = comments.map(toView);
  const viewsOf = groupBy(views.toSorted(inOrder), ({ postId }) => postId);
  const feed = posts.map((post) => ({ ...post, ...summary(viewsOf.get(post.id) ?? []) }));
  return [
    ...checkOnce('post shown', shown.posts),
    ...checkOnce('comment shown', shown.comments),
    ...compareRows(
      'post shown',
      feed,
      shown.posts.map((post) => ({ ...post, comments: idsOf(post.comments) })),
    ),
    ...compareRows('comment shown', views, shown.comments),
  ];
}

/** @param {CommentRow} comment @returns {CommentView} */
function toView({ content, ...comment }) {
  return { ...comment, content: comment.status === 'approved' ? content : null };
}

/** @param {CommentView[]} views */
function summary(views) {
  return { commentCount: views.length, comments: idsOf(views.slice(0, commentsInFeed)) };
}

/** With what may change. @param {CommentView[]} views */
function idsOf(views) {
  return views.map(({ id, version, status }) => `${id} ${version} ${status}`).join(', ');
}

/** @param {CommentView} one @param {CommentView} other */
function inOrder(one, other) {
  return one.id < other.id ? -1 : 1;
}

/** @param {string} what @param {{ id: string }[]} items @returns {Violation[]} */
function checkOnce(what, items) {
  const repeated = [...groupBy(items, ({ id }) => id)].filter(([, { length }]) => length > 1);
  return repeated.map(([id, { length }]) => ({
    kind: 'doubled',
    thing: `${what} ${id}`,
    expected: 'once',
    found: `${length} times`,
  }));
}

// @ts-check
import { verdictOn } from '../texts.mjs';
import { byId } from './violation.mjs';

/** @import { CaseRow, CommentRow, Stored } from '../databases.mjs' */
/** @import { Violation } from './violation.mjs' */

/**
 * Every comment is judged as its text demands, by moderation and in the comments service alike; and what is deleted is
 * deleted for all services.
 * @param {Stored} stored
 * @param {string} [forgotAt] until when the queue of comments was not there: of posts that are older it need not have heard, as it asks
 *   about them when somebody comments on them
 * @returns {Violation[]}
 */
export function checkJudged({ posts, comments, knownPosts, cases }, forgotAt = '') {
  const caseOf = new Map(cases.map((each) => [each.commentId, each]));
  const known = byId(knownPosts);
  const postIds = new Set(posts.map(({ id }) => id));
  const commentIds = new Set(comments.map(({ id }) => id));
  return [
    ...comments.flatMap((comment) => checkComment(comment, caseOf.get(comment.id))),
    ...comments
      .filter(({ postId }) => !postIds.has(postId))
      .map(({ id, postId }) => leftOver(`comment ${id}`, `its post ${postId} is`)),
    ...cases
      .filter(({ commentId }) => !commentIds.has(commentId))
      .map(({ commentId }) => leftOver(`moderation case of comment ${commentId}`, 'the comment is')),
    ...posts
      .filter(({ id, createdAt }) => (known.has(id) || createdAt > forgotAt) && known.get(id)?.deleted !== 0)
      .map(({ id }) => unknown(id, known.has(id))),
    ...knownPosts
      .filter(({ id, deleted }) => !deleted && !postIds.has(id))
      .map(({ id }) => leftOver(`post ${id} in the comments service`, 'it is')),
  ];
}

/** @param {CommentRow} comment @param {CaseRow | undefined} found @returns {Violation[]} */
function checkComment({ id, status, content }, found) {
  const expected = verdictOn(content);
  if (status === 'pending') return [{ kind: 'stuck', thing: `comment ${id}`, expected, found: 'pending' }];
  if (status !== expected) return [{ kind: 'wrong', thing: `comment ${id}`, expected, found: status }];
  if (found?.state === expected && found.content === content) return [];
  const held = found ? `${found.state}, of "${found.content}"` : 'nothing';
  return [
    { kind: 'wrong', thing: `moderation case of comment ${id}`, expected: `${expected}, of "${content}"`, found: held },
  ];
}

/** @param {string} thing @param {string} whatIs @returns {Violation} */
function leftOver(thing, whatIs) {
  return { kind: 'stuck', thing, expected: `gone, as ${whatIs} deleted`, found: 'there' };
}

/** @param {string} id @param {boolean} known @returns {Violation} */
function unknown(id, known) {
  return {
    kind: 'stuck',
    thing: `post ${id} in the comments service`,
    expected: 'known',
    found: known ? 'deleted' : 'nothing',
  };
}

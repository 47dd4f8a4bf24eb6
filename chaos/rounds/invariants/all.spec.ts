import { beforeEach, describe, expect, it } from 'vitest';
import type { Poison } from '../../faults/fault.mjs';
import { Ledger, type Thing } from '../ledger.mjs';
import { Logged } from '../logged.mjs';
import { compareReadModels } from '../rebuild.mjs';
import { aText } from '../texts.mjs';
import { checkAll, type Observed } from './all.mjs';

const at = '2026-11-21T12:00:00.000Z';
const times = { createdAt: at, updatedAt: at };

/** A small system in which all is as promised: each test breaks one thing. */
class World {
  ledger = new Ledger();
  poison: Poison[] = [];
  injectedEventIds: string[] = [];
  queuesDeletedAt: Record<string, string> = {};
  events = 0;
  observed: Observed = {
    stored: {
      posts: [],
      comments: [],
      knownPosts: [],
      cases: [],
      readModels: [
        { label: 'query', posts: [], comments: [] },
        { label: 'query:2', posts: [], comments: [] },
      ],
      outboxes: { posts: 0, comments: 0, moderation: 0 },
    },
    shown: { posts: [], comments: [] },
    logged: new Logged(),
    queued: { waiting: { comments: 0, moderation: 0, 'comments.retry.1s': 0 }, dead: { 'comments.dead': [] } },
  };
  readonly post = this.addPost('p1');
  readonly approved = this.addComment('c1', this.post, false);
  readonly rejected = this.addComment('c2', this.post, true);

  addPost(id: string): Thing {
    const title = aText(false);
    const row = { id, title, body: '', version: 1, ...times };
    const { stored, shown } = this.observed;
    stored.posts.push({ ...row });
    stored.knownPosts.push({ id, deleted: 0 });
    for (const { posts } of stored.readModels) posts.push({ ...row });
    shown.posts.push({ ...row, commentCount: 0, comments: [] });
    this.log('post.created', row);
    return this.ledger.created('post', id, title);
  }

  addComment(id: string, post: Thing, rejected: boolean): Thing {
    const content = aText(rejected);
    const status = rejected ? 'rejected' : 'approved';
    const row = { id, postId: post.id, content, status, version: 2, ...times };
    const { stored, shown } = this.observed;
    stored.comments.push({ ...row });
    stored.cases.push({ commentId: id, postId: post.id, content, state: status, commentVersion: 1 });
    for (const { comments } of stored.readModels) comments.push({ ...row });
    const view = { ...row, content: rejected ? null : content };
    shown.comments.push(view);
    shown.posts[0]!.comments.push({ ...view });
    shown.posts[0]!.commentCount += 1;
    this.log('comment.created', { ...row, status: 'pending', version: 1 });
    this.log('comment.moderated', { commentId: id, version: 1 });
    this.log('comment.updated', row);
    return this.ledger.created('comment', id, content, post);
  }

  log(type: string, data: Record<string, unknown>, id = `event ${(this.events += 1)}`): void {
    this.observed.logged.add({ id, type, time: at, data });
  }

  /** As `kind: thing`. */
  get violations(): string[] {
    return checkAll(this.ledger, this.observed, this).map(({ kind, thing }) => `${kind}: ${thing}`);
  }
}

/** Takes those out to which it applies. */
const drop = <Item>(items: Item[], applies: (item: Item) => boolean): void => {
  items.splice(0, items.length, ...items.filter((item) => !applies(item)));
};

describe(checkAll.name, () => {
  let world: World;
  beforeEach(() => void (world = new World()));
  const stored = () => world.observed.stored;
  const model = () => stored().readModels[1]!;

  it('finds nothing where all is as promised', () => {
    expect(world.violations).toEqual([]);
  });

  it('takes the same event twice in the log for once', () => {
    world.log('comment.updated', stored().comments[0]!, 'event 4');
    expect(world.violations).toEqual([]);
  });

  it('lets an unsettled write be there, or not', () => {
    world.ledger.things.delete('c1');
    world.ledger.unsettled.add(stored().comments[0]!.content);
    world.ledger.unsettled.add('another text');
    expect(world.violations).toEqual([]);
  });

  it.each<[string, (world: World) => void, string]>([
    ['a post is not stored', () => drop(stored().posts, () => true), 'lost: post p1'],
    ['a comment is not stored', () => drop(stored().comments, ({ id }) => id === 'c1'), 'lost: comment c1'],
    ['an edit is lost', ({ ledger, approved }) => ledger.edited(approved, 'edited', 'done'), 'lost: comment c1'],
    ['a deleted comment is stored', ({ approved }) => (approved.state = 'gone'), 'wrong: comment c1'],
    ['a comment of a deleted post is stored', ({ post }) => (post.state = 'gone'), 'wrong: comment c1'],
    [
      'a comment comes back',
      ({ ledger }) => {
        ledger.things.delete('c1');
        ledger.forgotten.add('c1');
      },
      'wrong: comment c1',
    ],
    ['nobody wrote it', ({ ledger }) => ledger.things.delete('c1'), 'wrong: comment c1'],
    [
      'a write is stored twice',
      () => stored().comments.push({ ...stored().comments[0]!, id: 'c3' }),
      'doubled: comment "A text like no other',
    ],
    ['a comment is pending', () => (stored().comments[0]!.status = 'pending'), 'stuck: comment c1'],
    ['a good comment is rejected', () => (stored().comments[0]!.status = 'rejected'), 'wrong: comment c1'],
    ['a bad comment is approved', () => (stored().comments[1]!.status = 'approved'), 'wrong: comment c2'],
    ['a case is missing', () => drop(stored().cases, () => true), 'wrong: moderation case of comment c1'],
    ['a case is of another text', () => (stored().cases[0]!.content = ''), 'wrong: moderation case of comment c1'],
    [
      'a case is left over',
      () => stored().cases.push({ ...stored().cases[0]!, commentId: 'c9' }),
      'stuck: moderation case of comment c9',
    ],
    ['a comment is left over', () => (stored().comments[0]!.postId = 'p9'), 'stuck: comment c1'],
    ['a post is not known', () => drop(stored().knownPosts, () => true), 'stuck: post p1 in the comments service'],
    ['a post counts as deleted', () => (stored().knownPosts[0]!.deleted = 1), 'stuck: post p1 in the comments service'],
    [
      'a deleted post is known',
      () => stored().knownPosts.push({ id: 'p9', deleted: 0 }),
      'stuck: post p9 in the comments service',
    ],
    ['a copy lacks a post', () => drop(model().posts, () => true), 'lost: post in query:2 p1'],
    ['a copy lacks a comment', () => drop(model().comments, ({ id }) => id === 'c2'), 'lost: comment in query:2 c2'],
    ['a copy is behind', () => (model().comments[0]!.version = 1), 'lost: comment in query:2 c1'],
    ['a copy differs', () => (model().posts[0]!.updatedAt = ''), 'wrong: post in query:2 p1'],
    [
      'a copy has more',
      () => model().comments.push({ ...model().comments[0]!, id: 'c9' }),
      'wrong: comment in query:2 c9',
    ],
    ['a comment is parked', () => (model().comments[0]!.postId = 'p9'), 'stuck: comment in query:2 c1'],
    ['a post is not shown', ({ observed }) => drop(observed.shown.posts, () => true), 'lost: post shown p1'],
    ['a count is wrong', ({ observed }) => (observed.shown.posts[0]!.commentCount = 7), 'wrong: post shown p1'],
    ['the feed lacks a comment', ({ observed }) => observed.shown.posts[0]!.comments.pop(), 'wrong: post shown p1'],
    [
      'a comment is shown twice',
      ({ observed: { shown } }) => shown.comments.push(shown.comments[0]!),
      'doubled: comment shown c1',
    ],
    [
      'a rejected text is shown',
      ({ observed }) => (observed.shown.comments[1]!.content = 'spam'),
      'wrong: comment shown c2',
    ],
    ['the log lacks a thing', ({ observed }) => observed.logged.things.delete('c1'), 'lost: c1 in the event log'],
    [
      'the log lacks a version',
      ({ observed }) => observed.logged.things.get('c1')!.versions.delete(1),
      'lost: comment c1 in the event log',
    ],
    [
      'the log is behind',
      ({ observed }) => (observed.logged.things.get('p1')!.last.data['title'] = 'older'),
      'lost: p1 in the event log',
    ],
    [
      'the log has two events for one version',
      (broken) => broken.log('comment.updated', stored().comments[0]!),
      'doubled: version 2 of comment c1',
    ],
    [
      'a verdict was published twice',
      (broken) => broken.log('comment.moderated', { commentId: 'c1', version: 1 }),
      'doubled: verdict on comment and version c1 1',
    ],
    [
      'the log tells of more than is stored',
      (broken) => broken.log('comment.created', { id: 'c9', postId: 'p1', version: 1 }),
      'lost: comment c9',
    ],
    [
      'a deletion is not in the log',
      ({ ledger }) => (ledger.created('comment', 'c9', 'text', ledger.things.get('p1')).state = 'gone'),
      'lost: comment c9 in the event log',
    ],
    ['an outbox is not empty', () => (stored().outboxes['posts'] = 3), 'stuck: outbox of posts'],
    [
      'a retry waits',
      ({ observed }) => (observed.queued.waiting['comments.retry.1s'] = 1),
      'stuck: queue comments.retry.1s',
    ],
    [
      'an event was given up',
      ({ observed }) => observed.queued.dead['comments.dead']!.push('m1'),
      'stuck: dead letter comments.dead m1',
    ],
    [
      'poison has vanished',
      ({ poison }) => poison.push({ queue: 'comments.dead', messageId: 'm2' }),
      'lost: poison comments.dead m2',
    ],
  ])('reports that %s', (_what, breakIt, expected) => {
    breakIt(world);
    expect(world.violations).toContainEqual(expect.stringContaining(expected));
  });

  it('expects the poison among the dead letters, however often', () => {
    world.poison.push({ queue: 'comments.dead', messageId: 'm1' });
    world.observed.queued.dead['comments.dead']!.push('m1', 'm1');
    expect(world.violations).toEqual([]);
  });

  it.each([
    ['older', at, []],
    ['younger', '2026-11-21T11:59:59.999Z', ['stuck: post p1 in the comments service']],
  ])(
    'knows what becomes of a post that is %s than the deletion of the queue of comments',
    (_what, deletedAt, expected) => {
      drop(stored().knownPosts, () => true);
      world.queuesDeletedAt['comments'] = deletedAt;
      expect(world.violations).toEqual(expected);
    },
  );

  it('does not count an injected event as a second one', () => {
    world.log('comment.updated', stored().comments[0]!, 'injected');
    world.injectedEventIds.push('injected');
    expect(world.violations).toEqual([]);
  });
});

describe(compareReadModels.name, () => {
  const model = () => ({ posts: [{ id: 'p1', version: 1 }], comments: [{ id: 'c1' }], changes: [{ offset: 1 }] });

  it('finds nothing where all rows are the same', () => {
    expect(compareReadModels('query', model(), model())).toEqual([]);
  });

  it.each([
    ['another value', { ...model(), posts: [{ id: 'p1', version: 2 }] }, 'query, table posts, row 1'],
    ['a missing row', { ...model(), comments: [] }, 'query, table comments, row 1'],
    ['a further row', { ...model(), changes: [{ offset: 1 }, { offset: 2 }] }, 'query, table changes, row 2'],
  ])('reports %s', (_what, running, thing) => {
    expect(compareReadModels('query', model(), running)).toMatchObject([{ kind: 'wrong', thing }]);
  });
});

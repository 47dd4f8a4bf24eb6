import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Post } from '#contracts';
import { waitFor } from '#testing';
import { accepted, allShown, CommentLoad } from './comment-load.js';
import { RealSystem } from './real-system.js';

describe('faults of PostgreSQL', { timeout: 360_000 }, () => {
  let real: RealSystem;
  let post: Post;

  beforeAll(async () => {
    real = await RealSystem.start();
    post = (await real.api.post<Post>('/posts', { title: 'Under fire' })).body;
    await waitFor(async () => (await real.api.get(`/posts/${post.id}`)).status === 200);
  }, 120_000);
  afterAll(() => real?.stop(), 60_000);

  it('lose no accepted comment and end no process; what cannot be stored is refused with 503', async () => {
    const pids = real.system.processes.map(({ pid }) => pid);
    const load = new CommentLoad(real, post);
    for (let round = 0; round < 3; round++) {
      await load.more(20, 201);
      await real.postgres.kill();
      await load.more(5, 503);
      await real.postgres.start();
    }
    await load.more(20, 201);
    const answers = await load.stop();
    const refusals = answers.filter(({ status }) => status !== 201);
    expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([503]));
    expect(refusals[0]!.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    await allShown(real, post, accepted(answers));
    expect(real.system.processes.map(({ pid }) => pid)).toEqual(pids);
  });
});

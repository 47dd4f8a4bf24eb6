import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { UnrecoverableEventError } from '#messaging';
import { TestSystem } from '#testing';
import { aComment, aPost, many } from '../event.factory.js';
import { moderationApp } from '../moderation.app.js';
import { queryApp } from '../query.app.js';
import { Effect, Script } from '../script.js';
import { Cemetery } from './cemetery.js';

describe('redriving to a service that was mended', () => {
  const moderation = new Script();
  const query = new Script();
  let system: TestSystem;
  let cemetery: Cemetery;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [moderationApp(moderation), queryApp(query)] });
    cemetery = await Cemetery.of(system);
  });
  afterAll(() => cemetery.close());

  const effects = (app: 'moderation' | 'query', subject: string) =>
    system.app(app).get(DataSource).manager.countBy(Effect, { subject });
  const fail = () => {
    throw new UnrecoverableEventError('a bug');
  };

  it('lets each event take effect once, however often it is redriven', async () => {
    moderation.onEvent = fail;
    const comments = many(20, () => aComment());
    for (const comment of comments) await system.bus.publish('comment.created', comment);
    await cemetery.waitForCount('moderation.dead', 20);

    moderation.onEvent = () => undefined;
    let told = 0;
    const interrupted = cemetery.open((deadLetters) =>
      deadLetters.redrive(
        { service: 'moderation' },
        {
          onResult: () => {
            if (++told === 10) throw new Error('interrupted');
          },
        },
      ),
    );
    await expect(interrupted).rejects.toThrow('interrupted');
    await cemetery.redrive({ service: 'moderation' });
    for (const { id } of comments) await system.waitFor(() => effects('moderation', id));
    await cemetery.waitForCount('moderation', 0);
    expect(await cemetery.count('moderation.dead')).toBe(0);
    for (const { id } of comments) expect(await effects('moderation', id)).toBe(1);
  });

  it('begins the attempts anew, and brings back with its story what still fails', async () => {
    moderation.onEvent = () => {
      throw new Error('still broken');
    };
    const comment = aComment();
    const event = await system.bus.publish('comment.created', comment);
    await cemetery.waitForCount('moderation.dead', 1);
    const before = moderation.callsFor(comment.id).length;
    await cemetery.redrive({ id: event.id });
    await system.waitFor(() => moderation.callsFor(comment.id).length === 2 * before);
    await cemetery.waitForCount('moderation.dead', 1);
    const [letter] = await cemetery.open((deadLetters) => deadLetters.find(event.id));
    expect(letter).toMatchObject({ attempts: 3, redrives: 1, error: 'Error: still broken', type: 'comment.created' });
    moderation.onEvent = () => undefined;
    await cemetery.redrive({ id: event.id });
    await system.waitFor(() => effects('moderation', comment.id));
  });

  it('has query apply what it skipped', async () => {
    query.onEvent = fail;
    const post = aPost();
    await system.bus.publish('post.created', post);
    await cemetery.waitForCount('query.dead', 1);
    query.onEvent = () => undefined;
    await cemetery.redrive({ service: 'query' });
    await system.waitFor(() => effects('query', post.id));
    expect(await cemetery.count('query.dead')).toBe(0);
    // At an offset of its own, from which a restart goes on.
    await system.stopApp('query');
    await system.startApp('query');
    await system.ready('query');
    expect(await effects('query', post.id)).toBe(1);
  });
});

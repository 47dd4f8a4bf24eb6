import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aDeadLetter, anEvent, Cemetery } from './cemetery.js';

describe('discarding a dead letter', () => {
  let cemetery: Cemetery;

  beforeAll(async () => {
    cemetery = await Cemetery.of();
  });
  afterAll(() => cemetery.close());

  const discard = (...args: Parameters<Parameters<Parameters<Cemetery['open']>[0]>[0]['discard']>) =>
    cemetery.open((deadLetters) => deadLetters.discard(...args));

  it('removes exactly one, after telling what it was', async () => {
    const event = anEvent();
    const letters = [aDeadLetter(), aDeadLetter({}, event), aDeadLetter()];
    await cemetery.bury('moderation', ...letters);
    const told: unknown[] = [];
    const discarded = await discard(event.id, undefined, (letter) => told.push(letter));
    expect(told).toEqual([discarded]);
    expect(discarded).toMatchObject({ messageId: event.id, body: { content: JSON.stringify(event, undefined, 2) } });
    const left = (await cemetery.take('moderation.dead')).map(({ properties }) => String(properties.messageId));
    expect(left).toEqual([letters[0]!.options.messageId, letters[2]!.options.messageId]);
    await expect(discard(event.id)).rejects.toThrow(`no dead letter has the id ${event.id}`);
  });

  it('removes none while it is not clear which, and one of several that are the same', async () => {
    const event = anEvent();
    const twin = aDeadLetter({}, event);
    await cemetery.bury('moderation', twin, twin);
    await cemetery.bury('query', aDeadLetter({}, event));
    await expect(discard(event.id)).rejects.toThrow(/several dead letters have the id .*\(moderation\).*\(query\)/);
    await discard(event.id, 'moderation');
    expect(await cemetery.count('moderation.dead')).toBe(1);
    await discard(event.id, 'query');
    await discard(event.id);
    expect(await cemetery.count('moderation.dead')).toBe(0);
  });

  it('removes none when whoever is told fails', async () => {
    const letter = aDeadLetter();
    await cemetery.bury('moderation', letter);
    const failing = discard(letter.options.messageId!, undefined, () => {
      throw new Error('the disk is full');
    });
    await expect(failing).rejects.toThrow('the disk is full');
    await cemetery.waitForCount('moderation.dead', 1);
  });
});

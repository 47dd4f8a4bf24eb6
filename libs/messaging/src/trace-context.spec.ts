import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { traceContext } from './trace-context.js';

const GIVEN = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const WELL_FORMED = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;

describe('traceContext', () => {
  const current = () => traceContext.current();

  it('knows no trace outside of one', () => {
    expect(current()).toBeUndefined();
  });

  it("goes on with the caller's trace, over everything that it waits for", async () => {
    const seen = await traceContext.run({ traceparent: GIVEN, eventId: 'an-event' }, async () => {
      await turn();
      return current();
    });
    expect(seen).toEqual({ traceparent: GIVEN, eventId: 'an-event' });
    expect(current()).toBeUndefined();
  });

  it('keeps the traces of those that run at once apart', async () => {
    const ids = ['a', 'b', 'c'];
    const seen = await Promise.all(
      ids.map((eventId) =>
        traceContext.run({ traceparent: GIVEN, eventId }, async () => {
          await turn();
          return current()?.eventId;
        }),
      ),
    );
    expect(seen).toEqual(ids);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    [GIVEN, GIVEN],
    GIVEN.toUpperCase(),
    GIVEN.replace(/^00/, '01'),
    `${GIVEN}-more`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
  ])('begins a trace of its own instead of %s', (traceparent) => {
    const begun = traceContext.run({ traceparent }, current)?.traceparent;
    expect(begun).toMatch(WELL_FORMED);
    expect(begun).not.toBe(traceContext.run({ traceparent }, current)?.traceparent);
  });
});

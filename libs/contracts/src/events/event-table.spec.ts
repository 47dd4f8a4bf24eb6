import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventsReactedToBy, eventTable, eventTypes } from './event-table.js';

describe('event table', () => {
  it.each(eventTypes)('%s is not reacted to by its own publisher', (type) => {
    expect(eventTable[type].reactors).not.toContain(eventTable[type].publisher);
  });

  it('is what docs/architecture.md shows', () => {
    const docs = readFileSync(new URL('../../../../docs/architecture.md', import.meta.url), 'utf8');
    const rows = [...docs.matchAll(/^\| `([a-z.]+)` +\|[^|]+\| ([a-z]+) +\| ([a-z, ]*?) *\|$/gm)];
    const documented = rows.map(([, type, publisher, reactors]) => [type, publisher, reactors]);
    expect(documented).toEqual(
      eventTypes.map((type) => [type, eventTable[type].publisher, eventTable[type].reactors.join(', ')]),
    );
  });

  it('gives each service the events that name it', () => {
    expect(eventsReactedToBy('posts')).toEqual([]);
    expect(eventsReactedToBy('comments')).toEqual(['post.created', 'post.deleted', 'comment.moderated']);
  });
});

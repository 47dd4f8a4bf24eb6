import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

it('docs/testing.md shows an example that runs', () => {
  expect(read('docs/testing.md')).toContain(`\`\`\`ts\n${read('test/example.e2e-spec.ts')}\`\`\`\n`);
});

import { expect, it } from 'vitest';
import { stepsOf } from './static-checks.mjs';

it('finds the steps of a script that runs others', () => {
  expect(stepsOf('npm run format:check && npm run lint')).toEqual(['format:check', 'lint']);
});

import { describe, expect, it } from 'vitest';
import { type Candidate, pick } from './balancing.js';

interface Named extends Candidate {
  name: string;
}
const instance = (name: string, outstanding = 0, up = true, full = false): Named => ({ name, outstanding, up, full });
const names = (instances: Named[], except?: Named): (string | undefined)[] =>
  [0, 1, 2, 3].map((turn) => pick(instances, turn, except)?.name);

describe(pick.name, () => {
  it('lets equals take turns', () => {
    expect(names([instance('a'), instance('b')])).toEqual(['a', 'b', 'a', 'b']);
  });

  it('prefers who has the least to do', () => {
    expect(names([instance('a', 3), instance('b', 1), instance('c', 2)])).toEqual(['b', 'b', 'b', 'b']);
  });

  it('leaves out who is down, however idle', () => {
    expect(names([instance('a', 0, false), instance('b', 9)])).toEqual(['b', 'b', 'b', 'b']);
  });

  it('picks who is full only when all that are up are', () => {
    const [full, free, down] = [instance('full', 1, true, true), instance('free', 9), instance('down', 0, false)];
    expect(names([full, free, down])).toEqual(['free', 'free', 'free', 'free']);
    expect(names([full, down])).toEqual(['full', 'full', 'full', 'full']);
  });

  it('tries one all the same when all are down', () => {
    expect(names([instance('a', 0, false), instance('b', 0, false)])).toEqual(['a', 'b', 'a', 'b']);
  });

  it('picks who has just failed only when there is no one else', () => {
    const [a, b, down] = [instance('a'), instance('b', 5), instance('down', 0, false)];
    expect(names([a, b], a)).toEqual(['b', 'b', 'b', 'b']);
    expect(names([a, down], a)).toEqual(['down', 'down', 'down', 'down']);
    expect(names([a], a)).toEqual(['a', 'a', 'a', 'a']);
  });

  it('picks no one of none', () => {
    expect(pick([], 1)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { UserError } from './errors.mjs';
import { Terminal } from './terminal.mjs';

function terminal(isTTY: boolean, env: NodeJS.ProcessEnv = {}) {
  let text = '';
  const shown = new Terminal({ isTTY, columns: 40, write: (part: string) => (text += part) }, env);
  return { shown, text: () => text };
}

describe('Terminal', () => {
  it('has colours on a terminal only, and not with NO_COLOR', () => {
    expect(terminal(true).shown.paint('red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(terminal(false).shown.paint('red', 'x')).toBe('x');
    expect(terminal(true, { NO_COLOR: '1' }).shown.paint('red', 'x')).toBe('x');
    expect(terminal(true, { TERM: 'dumb' }).shown.paint('red', 'x')).toBe('x');
  });

  it('shows a step as plain lines in a file', () => {
    const { shown, text } = terminal(false);
    shown.step('Building').done('Built');
    expect(text()).toMatch(/^… Building\n✓ Built \d\.\d s\n$/);
  });

  it('keeps the live line below what is printed meanwhile', () => {
    const { shown, text } = terminal(true, { NO_COLOR: '1' });
    const step = shown.step('Building');
    shown.line('a line');
    step.drop();
    const lines = text().split('\n');
    expect(lines[0]).toContain('Building');
    expect(lines[0]).toMatch(/a line$/);
    expect(lines[1]).toContain('Building');
    expect(lines[1]?.endsWith('\r\u001b[K')).toBe(true);
  });

  it('does not let the live line wrap', () => {
    const { shown, text } = terminal(true, { NO_COLOR: '1' });
    shown.step('A step with a name much longer than the line').drop();
    expect(
      text()
        .split('\u001b[K')
        .every((line) => line.length < 41),
    ).toBe(true);
  });

  it('shows an expected error without a stack, with the output of what failed', () => {
    const { shown, text } = terminal(false);
    shown.error(new UserError('Do this.', { output: 'it broke\n' }));
    expect(text()).toBe('it broke\n✖ Do this.\n');
  });
});

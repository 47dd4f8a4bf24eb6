import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeProcess } from './processes.mjs';
import { Supervised, type SuperviseOptions } from './supervisor.mjs';

const running: Supervised[] = [];
const soon = { timeout: 10_000, interval: 10 };

/** Says that it is up, and then stays up until it is asked to stop. */
const steady = "setInterval(() => {}, 1000); console.log('up ' + process.pid)";
/** Stays up even when it is asked to stop. */
const stubborn = `process.on('SIGINT', () => console.log('no')); ${steady}`;

function supervise(code: string, options: Partial<SuperviseOptions> = {}) {
  const lines: string[] = [];
  const notices: string[] = [];
  const supervised = new Supervised(
    { label: 'fake', args: ['--eval', code], env: process.env },
    { onLine: (line) => lines.push(line), onNotice: (text) => notices.push(text), backoff: () => 10, ...options },
  );
  running.push(supervised);
  supervised.start();
  return { supervised, lines, notices, starts: () => lines.filter((line) => line.startsWith('up')).length };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop(100)));
});

describe('Supervised', () => {
  it('passes on the lines a process prints', async () => {
    const { lines } = supervise("console.log('out'); console.error('err')", { restart: false });
    await vi.waitFor(() => expect(lines).toEqual(expect.arrayContaining(['out', 'err'])), soon);
  });

  it('starts a process that dies again, and says so', async () => {
    const { supervised, notices, starts } = supervise(steady);
    await vi.waitFor(() => expect(starts()).toBe(1), soon);
    supervised.signal('SIGKILL');
    await vi.waitFor(() => expect(starts()).toBe(2), soon);
    expect(notices).toEqual(['has ended (SIGKILL); starting it again in 0.01 s']);
  });

  it('asks the backoff how long to wait, with the time the process was up', async () => {
    const backoff = vi.fn<(uptimeMs: number) => number>(() => 10);
    const { starts } = supervise("console.log('up'); process.exit(3)", { backoff });
    await vi.waitFor(() => expect(starts()).toBeGreaterThan(2), soon);
    expect(backoff.mock.calls.every(([uptimeMs]) => uptimeMs > 0)).toBe(true);
  });

  it('leaves a process that dies alone when told so', async () => {
    const { supervised, notices, starts } = supervise("console.log('up'); process.exit(3)", { restart: false });
    await vi.waitFor(() => expect(notices).toEqual(['has ended (exit code 3)']), soon);
    expect(supervised.pid).toBeUndefined();
    expect(starts()).toBe(1);
  });

  it('does not start a process again that was stopped', async () => {
    const { supervised, notices, starts } = supervise(steady);
    await vi.waitFor(() => expect(starts()).toBe(1), soon);
    await supervised.stop();
    expect(supervised.pid).toBeUndefined();
    expect(notices).toEqual([]);
  });

  it('kills a process that does not stop in time', async () => {
    const { supervised, lines, notices } = supervise(stubborn);
    await vi.waitFor(() => expect(lines).toHaveLength(1), soon);
    const { pid = 0 } = supervised;
    await supervised.stop(50);
    expect(lines).toContain('no');
    expect(notices).toEqual(['has not stopped within 1 s: killed']);
    expect(await describeProcess(pid)).toBeUndefined();
  });

  it('gives a restarted process a new start', async () => {
    const { supervised, starts } = supervise(steady);
    await vi.waitFor(() => expect(starts()).toBe(1), soon);
    const { pid } = supervised;
    await supervised.restart();
    await vi.waitFor(() => expect(starts()).toBe(2), soon);
    expect(supervised.pid).not.toBe(pid);
  });
});

describe('a supervised process', () => {
  it('ends when the one that watches over it ends', async () => {
    const module = new URL('./supervisor.mjs', import.meta.url).href;
    const args = JSON.stringify(['--eval', steady]);
    // A process that supervises another, and is killed without having been able to stop it.
    const code = `import { Supervised } from ${JSON.stringify(module)};
      new Supervised({ args: ${args}, env: process.env }, { onLine: console.log }).start();`;
    const { supervised, lines } = supervise(code, { restart: false });
    supervised.spec.args.unshift('--input-type=module');
    await supervised.restart();
    await vi.waitFor(() => expect(lines.join()).toMatch(/up \d+/), soon);
    const inner = Number(lines.join().match(/up (\d+)/)?.[1]);
    expect(await describeProcess(inner)).toBeDefined();
    supervised.signal('SIGKILL');
    await vi.waitFor(async () => expect(await describeProcess(inner)).toBeUndefined(), soon);
  });
});

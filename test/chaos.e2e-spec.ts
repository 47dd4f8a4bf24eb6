import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../chaos/rounds.mjs', import.meta.url));
const faults = ['kill-comments-copy', 'kill-moderation', 'kill-query-copy', 'kill-posts', 'freeze-comments'];

interface Outcome {
  accepted: number;
  tallies: { injected: number }[];
  violations: unknown[];
}

/** Runs the program; its exit code, and all that it printed. @param mark is in the environment of all that it starts */
const run = (args: string[], mark: string): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, CHAOS_MARK: mark };
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    child.once('error', reject).once('close', (code) => resolve({ code, output }));
  });

/** The processes that have the mark in their environment, where that can be seen. */
const marked = async (mark: string): Promise<string[]> => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => environments[index]!.includes(mark));
};

/** The program that looks for lost writes for as long as one likes; here a short mixture. Needs `npm run build` before. */
describe('chaos', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'parley-chaos-test-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('finds every promise kept while processes are killed and frozen, and leaves none behind', async () => {
    const report = join(folder, 'report.json');
    const mark = randomUUID();
    const chosen = faults.flatMap((name) => ['--fault', name]);
    const { code, output } = await run(['--minutes', '1', '--seed', '1', '--report', report, ...chosen], mark);
    expect(code === 0 ? 'all kept' : output).toBe('all kept');
    const { accepted, tallies, violations } = JSON.parse(await readFile(report, 'utf8')) as Outcome;
    expect(violations).toEqual([]);
    expect(accepted).toBeGreaterThan(0);
    expect(tallies.reduce((sum, { injected }) => sum + injected, 0)).toBeGreaterThan(0);
    expect(await marked(mark)).toEqual([]);
  }, 900_000);
});

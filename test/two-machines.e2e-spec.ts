import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { namespacesMissing } from '../chaos/two-machines/namespaces.mjs';

const experiment = fileURLToPath(new URL('../chaos/two-machines.mjs', import.meta.url));

const missing = await namespacesMissing();
if (missing) console.warn(`The test of two machines is left out: ${missing}.`);

/** Runs the experiment; its exit code, and all that it printed. */
const run = (args: string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [experiment, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    child.once('error', reject).once('close', (code) => resolve({ code, output }));
  });

describe.skipIf(missing)('two machines', () => {
  it('share the work, lose nothing when the cable between them is cut, and share it again', async () => {
    // Tests run beside this one: a copy may take longer than promised until it has its first request.
    const { code, output } = await run(['--seconds', '3', '--within', '30']);
    expect(code === 0 ? 'all held' : output).toBe('all held');
  }, 400_000);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';

const module = JSON.stringify(new URL('./npm-parent.mjs', import.meta.url).href);
/** Says when npm has gone, and ends. */
const script = `import { onNpmGone } from ${module};
  const up = setInterval(() => {}, 1000);
  onNpmGone(() => { console.log('gone'); clearInterval(up); });
  console.log('up');`;

/** What npm does: a shell, which runs the script. The empty command keeps the shell from becoming the script itself. */
function throughShell(npm_lifecycle_event: string | undefined) {
  const command = `${JSON.stringify(process.execPath)} --input-type=module --eval "$SCRIPT"; :`;
  const env = { ...process.env, SCRIPT: script, npm_lifecycle_event };
  const shell = spawn('sh', ['-c', command], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  onTestFinished(() => {
    try {
      process.kill(-(shell.pid ?? 0), 'SIGKILL');
    } catch {
      // The script has ended by itself, as it should.
    }
  });
  return shell;
}

describe('onNpmGone', () => {
  it('tells a script when the shell that npm runs it in was ended', async () => {
    const shell = throughShell('start');
    expect(String((await once(shell.stdout, 'data'))[0])).toBe('up\n');
    shell.kill('SIGTERM');
    expect(String((await once(shell.stdout, 'data'))[0])).toBe('gone\n');
  });
});

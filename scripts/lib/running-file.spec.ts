import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endRunning, findRunning, forgetRunning, RunningRecord } from './running-file.mjs';

let dataDir: string;
let child: ChildProcess;
let pid: number;
let record: RunningRecord;

const system = {
  rabbitmqUrl: 'amqp://guest:secret@127.0.0.1:5672',
  host: '127.0.0.1',
  databaseUrls: { comments: 'postgres://localhost/comments' },
  settings: { RETRY_DELAYS: '1s' },
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-running-'));
  child = spawn(process.execPath, ['--eval', "setInterval(() => {}, 1000); console.log('up')"], { detached: true });
  await once(child.stdout!, 'data');
  pid = child.pid ?? 0;
  record = new RunningRecord(dataDir, system);
  record.update([
    { label: 'posts', pid, port: 4000 },
    { label: 'query', pid: undefined },
  ]);
  await record.settled();
});

afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(dataDir, { recursive: true, force: true });
});

/** Changes what the record says, as if the machine had moved on since. */
async function rewrite(change: (text: string) => string) {
  const file = join(dataDir, 'running.json');
  await writeFile(file, change(await readFile(file, 'utf8')));
}

describe('findRunning', () => {
  it('finds nothing where nothing was noted', async () => {
    await forgetRunning(dataDir);
    expect(await findRunning(dataDir)).toEqual({ launcher: undefined, processes: [] });
  });

  it('finds the launcher and its processes while they run', async () => {
    const { launcher, processes } = await findRunning(dataDir);
    expect(launcher?.pid).toBe(process.pid);
    expect(processes).toEqual([expect.objectContaining({ label: 'posts', pid, port: 4000 })]);
  });

  it('finds what a further copy needs to know, in a file for nobody else', async () => {
    expect(await findRunning(dataDir)).toMatchObject({ system, stopping: false });
    expect((await stat(join(dataDir, 'running.json'))).mode & 0o777).toBe(0o600);
  });

  it('finds that everything is about to end', async () => {
    record.stopping();
    await record.settled();
    expect(await findRunning(dataDir)).toMatchObject({ stopping: true, processes: [{ label: 'posts', pid }] });
  });

  it('does not take another process for ours that was given the same number since', async () => {
    await rewrite((text) => text.replaceAll(/"startedAt": "[^"]*"/g, '"startedAt": "long ago"'));
    expect(await findRunning(dataDir)).toMatchObject({ launcher: undefined, processes: [] });
  });

  it('is not put off by a file that was cut short', async () => {
    await rewrite((text) => text.slice(0, 20));
    expect(await findRunning(dataDir)).toEqual({ launcher: undefined, processes: [] });
  });
});

describe('endRunning', () => {
  it('ends the processes', async () => {
    await endRunning((await findRunning(dataDir)).processes);
    expect((await findRunning(dataDir)).processes).toEqual([]);
  });
});

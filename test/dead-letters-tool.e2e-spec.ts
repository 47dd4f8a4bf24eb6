import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetterGroup } from '#contracts';
import { TestBus, TestSystem, TestVhost } from '#testing';

const tool = fileURLToPath(new URL('../dist/tools/dead-letters.js', import.meta.url));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A process of Node for each call: on a busy machine that takes long. */
const TIMEOUT = 240_000;

describe('npm run dead-letters', { timeout: TIMEOUT }, () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [] });
  });
  afterAll(() => system.stop());
  beforeEach(async () => {
    for (const queue of ['moderation', 'moderation.dead']) await system.vhost.purgeQueue(queue);
  });

  const environment = (url = system.vhost.url) => ({ ...process.env, RABBITMQ_URL: url });
  /** Runs the tool as npm does, which builds it before. */
  const run = async (args: string[], url?: string): Promise<Ended> => {
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [tool, ...args], {
        env: environment(url),
      });
      return { code: 0, stdout, stderr };
    } catch (error) {
      return error as Ended;
    }
  };
  const bury = (id: string, payload = '{"text":"hello"}', headers: Record<string, unknown> = {}) =>
    system.vhost.put('moderation.dead', {
      payload,
      properties: {
        message_id: id,
        headers: {
          'x-parley-reason': 'transient',
          'x-parley-error': 'Error: not now',
          'x-parley-exchange': 'comment.created',
          'x-parley-failed-at': '2026-01-01T00:00:00.000Z',
          ...headers,
        },
      },
    });
  const idsIn = async (queue: string) =>
    (await system.vhost.peek(queue)).map(({ properties }) => String(properties.message_id));

  it('lists, shows, redrives and discards', async () => {
    for (const id of ['one', 'two', 'three']) await bury(id);
    const listed = await run(['list']);
    expect(listed.stdout).toMatch(/moderation +comment\.created +transient +3 +\d+ d +\d+ d +Error: not now/);
    const json = JSON.parse((await run(['list', '--json', '--reason', 'transient'])).stdout) as DeadLetterGroup[];
    expect(json).toMatchObject([{ count: 3, oldest: '2026-01-01T00:00:00.000Z' }]);
    const each = (await run(['list', '--each'])).stdout.trim().split('\n');
    expect(each).toHaveLength(3);
    const [, ownId] = /^([0-9a-f]{16}) /.exec(each[0]!) ?? [];

    const shown = await run(['show', ownId!]);
    expect(shown.stdout).toMatch(/messageId +one/);
    expect(shown.stdout).toContain('{\n  "text": "hello"\n}');

    expect(await run(['redrive', '--type', 'comment.created', '--dry-run'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 would be redriven, 0 kept') as string,
    });
    expect(await idsIn('moderation')).toEqual([]);
    const redriven = await run(['redrive', '--service', 'moderation', '--id', 'two']);
    expect(redriven.stdout).toMatch(
      /^redriven {2}[0-9a-f]{16} {2}moderation {2}comment\.created\n1 redriven, 0 kept\n$/,
    );
    expect(await idsIn('moderation')).toEqual(['two']);

    const discarded = await run(['discard', '--id', 'one']);
    expect(discarded.stdout).toContain('"text": "hello"');
    expect(discarded.stdout).toContain(`discarded ${ownId} of moderation`);
    expect(await idsIn('moderation.dead')).toEqual(['three']);
    expect((await run(['list', '--service', 'comments'])).stdout).toBe('no dead letters\n');
  });

  it('does not let a text take over the terminal', async () => {
    await bury('evil', 'red \u001b[31m \u009b1m', { 'x-parley-error': 'Error: a\nb \u001b]0;title\u0007' });
    for (const args of [['list'], ['list', '--each'], ['show', 'evil'], ['discard', '--id', 'evil']]) {
      const { code, stdout } = await run(args);
      expect(code).toBe(0);
      // oxlint-disable-next-line no-control-regex
      expect(stdout).not.toMatch(/[\u001b\u009b\u0007]/);
    }
  });

  it('ends with 2 when some were kept', async () => {
    await bury('one');
    await system.vhost.deleteQueue('moderation');
    try {
      const { code, stdout } = await run(['redrive', '--all']);
      expect(code).toBe(2);
      expect(stdout).toContain('there is no queue moderation');
      expect(stdout).toContain('0 redriven, 1 kept');
      expect(await idsIn('moderation.dead')).toEqual(['one']);
    } finally {
      // Whoever connects declares it again.
      await (await TestBus.connect(system.vhost.url, [50, 100])).close();
    }
  });

  it('loses none when it is killed on the way', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `m${index}`);
    await Promise.all(ids.map((id) => bury(id)));
    const child = spawn(process.execPath, [tool, 'redrive', '--all'], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface({ input: child.stdout }), 'line');
    child.kill('SIGKILL');
    await once(child, 'exit');
    // What the killed one held is in the queue again as soon as RabbitMQ notices.
    await system.waitFor(async () => {
      await run(['redrive', '--all']);
      return new Set(await idsIn('moderation')).size === ids.length;
    });
    expect(await idsIn('moderation.dead')).toEqual([]);
    expect([...new Set(await idsIn('moderation'))].toSorted()).toEqual(ids.toSorted());
  });

  it('explains itself', async () => {
    expect(await run(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('npm run dead-letters -- list'),
    });
  });

  it.each([
    [[], 'say one of list, show, redrive, discard'],
    [['constructor'], 'say one of list, show, redrive, discard'],
    [['redrive'], 'say which ones (--service, --type, --reason, --id), or --all'],
    [['redrive', '--dry-run'], 'or --all'],
    [['redrive', '--service', 'posts'], '--service: '],
    [['list', '--reason', 'bad'], '--reason: '],
    [['list', '--dry-run'], 'list takes no --dry-run'],
    [['list', 'everything'], "'everything' is too much"],
    [['show'], 'say `show <id>`'],
    [['show', 'nothing'], 'no dead letter has the id nothing'],
    [['discard'], 'say `discard --id <id>`'],
    [['discard', '--id', 'nothing'], 'no dead letter has the id nothing'],
    [['list', '--colour'], "Unknown option '--colour'"],
  ])('says in one line what is wrong: %j', async (args, message) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('says in one line that RabbitMQ is not there, or another one', async () => {
    expect(await run(['list'], 'amqp://127.0.0.1:1')).toMatchObject({
      code: 1,
      stderr: 'dead-letters: connect ECONNREFUSED 127.0.0.1:1\n',
    });
    const other = await TestVhost.create();
    try {
      expect((await run(['list'], other.url)).stderr).toMatch(/^dead-letters: RabbitMQ has no comments\.dead, .*\n$/);
    } finally {
      await other.remove();
    }
  });
});

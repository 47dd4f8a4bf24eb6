import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppName } from '#contracts';
import type { AppDefinition } from '#service';
import { AppProcess } from './app-process.js';
import { freePort } from './free-port.js';
import { HttpClient } from './http-client.js';
import { settled, type SettledOptions } from './settled.js';
import { TestBus } from './test-bus.js';
import { TestDatabases } from './test-databases.js';
import { TestVhost } from './test-vhost.js';
import { type Truthy, waitFor, type WaitOptions } from './wait-for.js';

export interface TestSystemOptions {
  /** The apps to start, from each app's `src/app.ts`; the others are simply not there. */
  apps: AppDefinition[];
  /** Environment variables for all of them, over those that TestSystem sets. */
  env?: Record<string, string>;
}

/** Short, so that tests see a message's whole way to the dead letters. */
const RETRY_DELAYS = [50, 100];

/**
 * Some or all of Parley's apps, running in this process on a RabbitMQ vhost, ports and databases of their own.
 *
 * @example
 * const system = await TestSystem.start({ apps: [posts, comments] });
 * const { body: post } = await system.http('posts').post<Post>('/posts', { title: 'Hello' });
 * await system.settled();
 * expect(system.bus.events('post.created')).toHaveLength(1);
 * await system.stop();
 */
export class TestSystem {
  private constructor(
    private readonly apps: Map<AppName, AppProcess>,
    private readonly env: Record<string, string>,
    /** The queues, bindings and dead letters of this system. */
    readonly vhost: TestVhost,
    /** Hears and publishes events. */
    readonly bus: TestBus,
    private readonly folder: string,
    private readonly databases = new TestDatabases(folder),
  ) {}

  /** Starts the apps and waits until all are ready. */
  static async start({ apps, env = {} }: TestSystemOptions): Promise<TestSystem> {
    const vhost = await TestVhost.create();
    const bus = await TestBus.connect(vhost.url, RETRY_DELAYS);
    const folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
    const processes = await Promise.all(apps.map(async (definition) => new AppProcess(definition, await freePort())));
    const system = new TestSystem(
      new Map(processes.map((process) => [process.name, process])),
      { ...systemEnv(processes, vhost), ...env },
      vhost,
      bus,
      folder,
    );
    try {
      for (const { name } of apps) await system.startApp(name);
      await Promise.all(apps.map(({ name }) => system.ready(name)));
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  /** A client of one of the apps. */
  http(name: AppName): HttpClient {
    return new HttpClient(`http://127.0.0.1:${this.one(name).port}`);
  }

  /** The Nest application of one of the apps, for `app.get(SomeProvider)`. */
  app(name: AppName): NestFastifyApplication {
    return this.one(name).app;
  }

  /** Deletes the database of a stopped app. */
  async deleteDatabase(name: AppName): Promise<void> {
    await this.databases.remove(name);
  }

  /**
   * Starts an app that was stopped or has crashed, on the same port and the same database.
   *
   * @param environment variables for this start, over those of the system
   */
  async startApp(name: AppName, environment: Record<string, string> = {}): Promise<void> {
    const DATABASE_URL = await this.databases.urlOf(name);
    await this.one(name).start({ ...this.env, DATABASE_URL, ...environment });
  }

  /** Stops an app as SIGINT does. */
  async stopApp(name: AppName): Promise<void> {
    await this.one(name).stop();
  }

  /**
   * Ends an app as SIGKILL does, at once: its connections break, what it had not committed is rolled back, what it had
   * not acknowledged is delivered again, and what it had not published stays in its outbox.
   *
   * @throws Error when it does not run
   */
  crash(name: AppName): void {
    this.one(name).crash();
  }

  /** Starts an app again, on the same port and the same database, and waits until it is ready. One that runs is stopped. */
  async restart(name: AppName): Promise<void> {
    await this.stopApp(name);
    await this.startApp(name);
    await this.ready(name);
  }

  /** Waits until an app is connected to all that it needs. */
  async ready(name: AppName): Promise<void> {
    await waitFor(
      async () => {
        const { body } = await this.http(name).get<{ status: string }>('/health/ready');
        if (body.status !== 'ready') throw new Error(JSON.stringify(body));
        return true;
      },
      { what: `${name} to be ready` },
    );
  }

  /**
   * Waits until no work is left anywhere: outboxes and queues are empty, no event waits for a further attempt, every
   * reacting app of this system has handled every event or has it among its dead letters, the read model has seen all
   * of them, and so has `bus`. From then on nothing changes by itself, so a test can say what did not happen. Nothing is decided by
   * time; requests are awaited by whoever sends them.
   *
   * @throws Error when the time is over, with what is still moving: an app that is stopped or has crashed, say, and the
   *   events that it has not handled or published
   */
  settled(options?: SettledOptions): Promise<void> {
    const { databases, vhost, bus } = this;
    return settled({ processes: [...this.apps.values()], databases, vhost, bus }, options);
  }

  /** See the function of that name. */
  waitFor<T>(condition: () => T | Promise<T>, options?: WaitOptions): Promise<Truthy<T>> {
    return waitFor(condition, options);
  }

  /** Stops everything; no process, vhost, database or file is left. */
  async stop(): Promise<void> {
    try {
      for (const process of [...this.apps.values()].toReversed()) await process.stop();
      for (const process of this.apps.values()) await process.buried();
    } finally {
      await this.bus.close();
      await this.vhost.remove();
      await this.databases.removeAll();
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  private one(name: AppName): AppProcess {
    const one = this.apps.get(name);
    if (!one) throw new Error(`${name} is not part of this system`);
    return one;
  }
}

/** What every app is told: the broker, and where the others are. */
function systemEnv(processes: AppProcess[], vhost: TestVhost): Record<string, string> {
  const urls = processes.map(({ name, port }) => [`${name.toUpperCase()}_URLS`, `http://127.0.0.1:${port}`]);
  return {
    HOST: '127.0.0.1',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    RABBITMQ_URL: vhost.url,
    RETRY_DELAYS: RETRY_DELAYS.map((delay) => `${delay}ms`).join(','),
    ...(Object.fromEntries(urls) as Record<string, string>),
  };
}

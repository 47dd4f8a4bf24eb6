import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { AppName } from '#contracts';
import { type AppDefinition, configureApp, HttpAdapter, nestOptions, parseEnv, readTls, rootModule } from '#service';
import { freePort } from './free-port.js';
import { HttpClient } from './http-client.js';
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

interface RunningApp {
  definition: AppDefinition;
  port: number;
  app?: NestFastifyApplication | undefined;
}

/** Short, so that tests see a message's whole way to the dead letters. */
const RETRY_DELAYS = [50, 100];

/**
 * Some or all of Parley's apps, running in this process on a RabbitMQ vhost, ports and databases of their own.
 *
 * @example
 * const system = await TestSystem.start({ apps: [posts, comments] });
 * const { body: post } = await system.http('posts').post<Post>('/posts', { title: 'Hello' });
 * await system.bus.waitFor('post.created', ({ id }) => id === post.id);
 * await system.stop();
 */
export class TestSystem {
  private constructor(
    private readonly apps: Map<AppName, RunningApp>,
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
    const running = await Promise.all(apps.map(async (definition) => ({ definition, port: await freePort() })));
    const system = new TestSystem(
      new Map(running.map((one) => [one.definition.name, one])),
      { ...systemEnv(running, vhost), ...env },
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
    const { app } = this.one(name);
    if (!app) throw new Error(`${name} is stopped`);
    return app;
  }

  /** Deletes the database of a stopped app. */
  async deleteDatabase(name: AppName): Promise<void> {
    await this.databases.remove(name);
  }

  /** Starts an app that was stopped, on the same port and the same database. */
  async startApp(name: AppName): Promise<void> {
    const one = this.one(name);
    const env = parseEnv(one.definition.env, {
      ...this.env,
      PORT: String(one.port),
      DATABASE_URL: await this.databases.urlOf(name),
    });
    const module = await Test.createTestingModule({ imports: [rootModule(one.definition, env)] }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new HttpAdapter(readTls(env)), nestOptions);
    // From here on stopping closes it, even if it gets no further.
    one.app = app;
    await configureApp(app, one.definition, env);
    await app.startAllMicroservices();
    await app.listen(env.PORT, env.HOST);
  }

  /** Stops an app as SIGINT does. */
  async stopApp(name: AppName): Promise<void> {
    const one = this.one(name);
    await one.app?.close();
    one.app = undefined;
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

  /** See the function of that name. */
  waitFor<T>(condition: () => T | Promise<T>, options?: WaitOptions): Promise<Truthy<T>> {
    return waitFor(condition, options);
  }

  /** Stops everything; no process, vhost, database or file is left. */
  async stop(): Promise<void> {
    try {
      for (const name of [...this.apps.keys()].toReversed()) await this.stopApp(name);
    } finally {
      await this.bus.close();
      await this.vhost.remove();
      await this.databases.removeAll();
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  private one(name: AppName): RunningApp {
    const one = this.apps.get(name);
    if (!one) throw new Error(`${name} is not part of this system`);
    return one;
  }
}

/** What every app is told: the broker, and where the others are. */
function systemEnv(running: RunningApp[], vhost: TestVhost): Record<string, string> {
  const urls = running.map(({ definition, port }) => [
    `${definition.name.toUpperCase()}_URLS`,
    `http://127.0.0.1:${port}`,
  ]);
  return {
    HOST: '127.0.0.1',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    RABBITMQ_URL: vhost.url,
    RETRY_DELAYS: RETRY_DELAYS.map((delay) => `${delay}ms`).join(','),
    ...(Object.fromEntries(urls) as Record<string, string>),
  };
}

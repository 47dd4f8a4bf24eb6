import type { Socket } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import type { AppName } from '#contracts';
import { type AppDefinition, configureApp, HttpAdapter, nestOptions, parseEnv, readTls, rootModule } from '#service';
import { SocketOwner } from './socket-owner.js';

/** Until an app has a logger of its own, Nest's for tests would speak, for the apps that run already as well. */
const silent: LoggerService = { log: () => undefined, error: () => undefined, warn: () => undefined };

/** One app of a system under test: it starts, stops and crashes as if it were a process of its own. */
export class AppProcess {
  private running: { app: NestFastifyApplication; sockets: SocketOwner } | undefined;
  private readonly corpses: Promise<unknown>[] = [];
  private hasCrashed = false;

  constructor(
    private readonly definition: AppDefinition,
    readonly port: number,
  ) {}

  get name(): AppName {
    return this.definition.name;
  }

  get state(): 'running' | 'stopped' | 'crashed' {
    if (this.running) return 'running';
    return this.hasCrashed ? 'crashed' : 'stopped';
  }

  /** @throws Error when it does not run */
  get app(): NestFastifyApplication {
    if (!this.running) throw new Error(`${this.name} ${this.hasCrashed ? 'has crashed' : 'is stopped'}`);
    return this.running.app;
  }

  /** Starts it and lets it listen. When that fails, `stop()` still closes what there is of it. */
  start(environment: Record<string, string>): Promise<void> {
    const sockets = new SocketOwner();
    return sockets.run(() => this.startWith(sockets, environment));
  }

  /** Stops it as SIGINT does. One that does not run stays as it is. */
  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.app.close();
  }

  /**
   * Cuts all at once, before any other code runs, what connects it with the world: requests to it and its own, RabbitMQ,
   * PostgreSQL, the database's file, of which an open transaction is rolled back. What goes on of it inside the process
   * reaches nothing any more.
   *
   * @throws Error when it does not run
   */
  crash(): void {
    const { app } = this;
    const server = app.getHttpServer();
    server.close();
    server.closeAllConnections();
    this.running!.sockets.cut();
    for (const database of dataSourcesOf(app)) cutOff(database);
    this.running = undefined;
    this.hasCrashed = true;
    // Ends its timers and loops. It has nothing left by which to say goodbye.
    this.corpses.push(app.close().catch(() => undefined));
  }

  /** Resolves when nothing goes on any more of what crashed. */
  async buried(): Promise<void> {
    await Promise.all(this.corpses.splice(0));
  }

  private async startWith(sockets: SocketOwner, environment: Record<string, string>): Promise<void> {
    const env = parseEnv(this.definition.env, { ...environment, PORT: String(this.port) });
    const module = await Test.createTestingModule({ imports: [rootModule(this.definition, env)] })
      .setLogger(silent)
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(new HttpAdapter(readTls(env)), nestOptions);
    this.running = { app, sockets };
    this.hasCrashed = false;
    await configureApp(app, this.definition, env);
    await app.startAllMicroservices();
    await app.listen(env.PORT, env.HOST);
  }
}

function dataSourcesOf(app: NestFastifyApplication): Set<DataSource> {
  const modules = [...app.get(ModulesContainer).values()];
  const instances = modules.flatMap(({ providers }) =>
    [...providers.values()].map(({ instance }): unknown => instance),
  );
  return new Set(instances.filter((instance) => instance instanceof DataSource));
}

/** As the end of a process does, and so without a commit: closes the file, or the connections of the pool. */
function cutOff({ driver }: DataSource): void {
  const { databaseConnection, master } = driver as {
    databaseConnection?: { close(): void };
    /** Some of its connections may have been opened by the test itself, over a provider of the app. */
    master?: { _clients: { connection: { stream: Socket } }[] };
  };
  databaseConnection?.close();
  for (const { connection } of master?.['_clients'] ?? []) connection.stream.destroy();
}

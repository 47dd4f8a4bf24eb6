import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppDefinition, configureApp, HttpAdapter, nestOptions, rootModule } from './app.js';
import { type AppEnv, EnvironmentError, parseEnv } from './env.js';

/** What stopping may take beyond SHUTDOWN_TIMEOUT before the process ends itself, in milliseconds. */
const GRACE = 5_000;

/**
 * The whole of a `main.ts`: reads the environment, starts the app, and stops it cleanly on SIGTERM or SIGINT.
 * Ends the process with code 1 when it cannot start, and with one clear message when the environment is to blame.
 */
export async function runApp<E extends AppEnv>(definition: AppDefinition<E>): Promise<void> {
  try {
    const env = parseEnv(definition.env, process.env);
    const app = await NestFactory.create<NestFastifyApplication>(
      rootModule(definition, env),
      new HttpAdapter(),
      nestOptions,
    );
    await configureApp(app, definition, env);
    stopOnSignals(app, env.SHUTDOWN_TIMEOUT + GRACE);
    await app.startAllMicroservices();
    await app.listen(env.PORT, env.HOST);
    new Logger(definition.name).log(`listening on ${await app.getUrl()}`);
  } catch (error) {
    // The application's logger may not exist yet, or wait in a buffer.
    process.stderr.write(`${definition.name}: ${error instanceof EnvironmentError ? error.message : inspect(error)}\n`);
    process.exit(1);
  }
}

/** Requests first, then consumers, what is in flight, the outbox, the database: the order of Nest's shutdown hooks. */
function stopOnSignals(app: NestFastifyApplication, deadline: number): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    new Logger('shutdown').log(`${signal}: stopping`);
    setTimeout(() => process.exit(1), deadline).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        new Logger('shutdown').error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

const inspect = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

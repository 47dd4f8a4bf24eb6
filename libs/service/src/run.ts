import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppDefinition, configureApp, nestOptions, rootModule } from './app.js';
import { Drain } from './drain.js';
import { type AppEnv, EnvironmentError, parseEnv } from './env.js';
import { HttpAdapter } from './http/http-adapter.js';
import { readTls } from './tls.js';

/** What stopping may take beyond SHUTDOWN_TIMEOUT before the process ends itself, in milliseconds. */
const GRACE = 5_000;

/**
 * The whole of a `main.ts`: reads the environment, starts the app, and stops it cleanly: on SIGTERM after a drain, during
 * which it still serves; on SIGINT at once.
 * Ends the process with code 1 when it cannot start, and with one clear message when the environment is to blame.
 */
export async function runApp<E extends AppEnv>(definition: AppDefinition<E>): Promise<void> {
  // As process number 1 of a container, Node ignores signals that nobody handles.
  for (const signal of signals) process.on(signal, quit);
  try {
    const env = parseEnv(definition.env, process.env);
    const app = await NestFactory.create<NestFastifyApplication>(
      rootModule(definition, env),
      new HttpAdapter(readTls(env)),
      nestOptions,
    );
    await configureApp(app, definition, env);
    stopOnSignals(app, env);
    await app.startAllMicroservices();
    await app.listen(env.PORT, env.HOST);
    new Logger(definition.name).log(`listening on ${await app.getUrl()}`);
  } catch (error) {
    // The application's logger may not exist yet, or wait in a buffer.
    process.stderr.write(`${definition.name}: ${error instanceof EnvironmentError ? error.message : inspect(error)}\n`);
    process.exit(1);
  }
}

const signals = ['SIGTERM', 'SIGINT'] as const;

/** While nothing is served yet, there is nothing to finish either. */
const quit = (): never => process.exit(0);

function stopOnSignals(app: NestFastifyApplication, { DRAIN_DELAY, SHUTDOWN_TIMEOUT }: AppEnv): void {
  const logger = new Logger('shutdown');
  for (const signal of signals) process.off(signal, quit);
  let draining: Promise<unknown> | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= close(app, logger, SHUTDOWN_TIMEOUT + GRACE);
  };
  process.on('SIGTERM', () => {
    if (draining || stopping) return;
    logger.log(`SIGTERM: serving for another ${DRAIN_DELAY} ms, then stopping`);
    draining = Promise.all([app.get(Drain).begin(), delay(DRAIN_DELAY)]).then(stop);
  });
  process.on('SIGINT', () => {
    if (!stopping) logger.log('SIGINT: stopping');
    stop();
  });
}

/** Requests first, then consumers, what is in flight, the outbox, the database: the order of Nest's shutdown hooks. */
async function close(app: NestFastifyApplication, logger: Logger, deadline: number): Promise<void> {
  setTimeout(() => process.exit(1), deadline).unref();
  try {
    await app.close();
    process.exit(0);
  } catch (error) {
    logger.error(error);
    process.exit(1);
  }
}

const inspect = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

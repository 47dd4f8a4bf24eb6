import { type DynamicModule, Module, type OnApplicationShutdown, Optional } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import { type AppName, CONSISTENCY_TOKEN, type ServiceName } from '#contracts';
import { Announcements, AnnouncementsModule, Messaging, traceContext } from '#messaging';
import { advertisedUrl } from './advertised-url.js';
import { Drain } from './drain.js';
import { type AppEnv, instanceName } from './env.js';
import { HealthController } from './health/health.controller.js';
import { limitRequests } from './http/request-limit.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ValidationPipe } from './http/validation.pipe.js';
import { AppLogger, loggerModule, logRequests } from './logging.js';
import { isHttps } from './tls.js';

/** One of Parley's processes: what its `main.ts` runs and what a test starts. */
export interface AppDefinition<E extends AppEnv = AppEnv> {
  name: AppName;
  /** Schema of the environment variables that it reads. */
  env: z.ZodType<E>;
  /** The services that it calls: it hears of their instances, which `ServiceDirectory` then knows. */
  calls?: readonly ServiceName[];
  /** Its root module, made from the environment. */
  module(env: E): DynamicModule;
  /** What else it does to the application before it listens. */
  configure?(app: NestFastifyApplication, env: E): void | Promise<void>;
}

/** The root of every app. */
@Module({})
class RootModule implements OnApplicationShutdown {
  constructor(@Optional() readonly messaging?: Messaging) {}

  /**
   * By now Nest has closed the HTTP server and the consumers, and the root's hook comes before those of the modules
   * below it: the outbox is flushed while the database is still open.
   */
  async onApplicationShutdown(): Promise<void> {
    await this.messaging?.stop();
  }
}

/** The module to create an application from: the app's own, with logs, health and announcements. */
export const rootModule = <E extends AppEnv>(definition: AppDefinition<E>, env: E): DynamicModule => ({
  module: RootModule,
  imports: [loggerModule(definition.name, env), announcementsModule(definition, env), definition.module(env)],
  controllers: [HealthController],
  providers: [AppLogger, Drain],
});

const announcementsModule = <E extends AppEnv>({ name, calls = [] }: AppDefinition<E>, env: E): DynamicModule =>
  AnnouncementsModule.forRoot({
    app: name,
    instance: instanceName(name, env),
    urls: env.RABBITMQ_URL,
    retryDelays: env.RETRY_DELAYS,
    calls,
  });

/** How every app is created. Fastify's own JSON parser is used: Nest's would let form data in as well. */
export const nestOptions = { bodyParser: false, bufferLogs: true, abortOnError: false } as const;

/** Does to a fresh application what every app needs before it listens. */
export async function configureApp<E extends AppEnv>(
  app: NestFastifyApplication,
  definition: AppDefinition<E>,
  env: E,
): Promise<void> {
  app.useLogger(app.get(AppLogger));
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(new ValidationPipe());
  app.enableCors({
    origin: env.CORS_ORIGINS.includes('*') ? '*' : env.CORS_ORIGINS,
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: [CONSISTENCY_TOKEN, 'Link', 'Location', 'Preference-Applied', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  });
  const fastify = app.getHttpAdapter().getInstance();
  logRequests(fastify, env);
  fastify
    .addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id);
      done();
    })
    // After the body was read: reading it loses the async context.
    .addHook('preHandler', ({ headers }, _reply, done) => traceContext.run({ traceparent: headers.traceparent }, done));
  const announcements = app.get(Announcements);
  fastify.addHook('onListen', (done) => {
    announcements.serve(env.ADVERTISE_URL ?? advertisedUrl(fastify.server.address(), isHttps(env) ? 'https' : 'http'));
    done();
  });
  await definition.configure?.(app, env);
  // After whatever sets headers: refusals have them, too, and without those of CORS no page could read one.
  limitRequests(fastify, env);
  for (const strategy of app.get(RootModule).messaging?.servers ?? []) {
    // With the app's configuration, so that its filter lets handlers' errors through to the strategy.
    app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  }
}

import { hostname } from 'node:os';
import { z } from 'zod';
import { defaultPorts, type AppName, type ServiceName } from '#contracts';
import { type ConnectionOptions, isPostgres } from '#database';
import type { MessagingOptions } from '#messaging';

const commaSeparated = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((list) => list.split(',').map((part) => part.trim()))
    .pipe(z.array(item).min(1));

/** A duration such as `500ms`, `5s` or `2m`, as milliseconds. */
export const Duration = z
  .string()
  .regex(/^\d+(ms|s|m)$/, 'must be a duration such as 500ms, 5s or 2m')
  .transform((text) => Number.parseInt(text, 10) * { ms: 1, s: 1_000, m: 60_000 }[text.replace(/^\d+/, '')]!);

/** How many of something there may be at most. */
export const Limit = z.coerce.number('must be a number').int().min(1).max(1_000_000);

/** The read model is always SQLite, embedded in its process. */
const SqliteUrl = z.string().regex(/^sqlite:.+/, 'must look like sqlite:<path of a file>');
const PostgresUrl = z
  .string()
  .refine((url) => isPostgres(url) && URL.canParse(url) && new URL(url).pathname.length > 1);
/** Does not repeat what was given: it holds a password. */
const wrongDatabase = 'must look like sqlite:<path of a file> or postgres://user:password@host:5432/database';

/** A list of base URLs, one for each instance of a service: `http://10.0.0.5:4001,http://10.0.0.6:4001`. */
export const UpstreamUrls = commaSeparated(z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }));

/** What every process reads from its environment. */
export const appEnv = (name: AppName) =>
  z.object({
    PORT: z.coerce.number('must be a port').int().min(0).max(65_535).default(defaultPorts[name]),
    /** Where to listen. Only the gateway is meant for the outside, and even it must be told so. */
    HOST: z.string().default('127.0.0.1'),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    LOG_FORMAT: z.enum(['json', 'pretty']).default(process.stdout.isTTY ? 'pretty' : 'json'),
    /** Which pages may call from a browser: origins, or `*`. */
    CORS_ORIGINS: commaSeparated(z.string().min(1)).default(['*']),
    /** How long stopping waits for what is in flight. */
    SHUTDOWN_TIMEOUT: Duration.default(10_000),
    /** After SIGTERM: how long requests are still answered until everybody has noticed that we leave. */
    DRAIN_DELAY: Duration.default(1_500),
    /** How others reach this process: it announces itself with it. By default, the address it listens at. */
    ADVERTISE_URL: z
      .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
      .transform((url) => new URL(url).origin)
      .optional(),
    /** PEM files of a certificate with its chain and of its key: with both, this process serves HTTPS. */
    TLS_CERT_FILE: z.string().optional(),
    TLS_KEY_FILE: z.string().optional(),
    /** The most requests that are worked on at once; more are answered 503. */
    MAX_REQUESTS: Limit.default(name === 'gateway' ? 1_000 : 500),
    /** The most event streams that are open at once; more are answered 503. */
    MAX_STREAMS: Limit.default(1_000),
    /** The most connections that are open at once; more are closed again. */
    MAX_CONNECTIONS: Limit.default(10_000),
    /** Nodes of one RabbitMQ cluster. */
    RABBITMQ_URL: commaSeparated(z.url({ protocol: /^amqps?$/, error: 'must be an amqp(s) URL' })).default([
      'amqp://localhost:5672',
    ]),
    /** How long an event that failed waits before each further attempt. The same for all processes. */
    RETRY_DELAYS: commaSeparated(z.string()).pipe(z.array(Duration)).default([1_000, 5_000, 30_000, 120_000]),
  });
export type AppEnv = z.infer<ReturnType<typeof appEnv>>;

/** What a service with a database and events reads besides. */
export const serviceEnv = (name: ServiceName) =>
  appEnv(name).extend({
    DATABASE_URL: (name === 'query' ? SqliteUrl : z.union([SqliteUrl, PostgresUrl], wrongDatabase)).default(
      `sqlite:.data/${name}.db`,
    ),
    /** PostgreSQL: the most connections that one process opens, half of them to write and half to read. */
    DATABASE_POOL_SIZE: z.coerce.number('must be a number').int().min(2).max(1_000).default(10),
    /** How long a comment waits for its verdict before it is announced again; see decision 016 for what else is. */
    REANNOUNCE_AFTER: Duration.pipe(z.number().min(1, 'must be at least 1ms')).default(60_000),
    /** How many events one process works on at once. */
    PREFETCH: z.coerce.number('must be a number').int().min(1).max(10_000).default(200),
  });
export type ServiceEnv = z.infer<ReturnType<typeof serviceEnv>>;

/** The environment cannot be used; the message has a line for every key that is wrong. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Reads the environment with `schema`. An empty variable counts as not set.
 *
 * @throws EnvironmentError that lists every bad key at once
 */
export function parseEnv<E>(schema: z.ZodType<E>, env: NodeJS.ProcessEnv): E {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new EnvironmentError(`the environment cannot be used:\n${lines.join('\n')}`);
}

/** What people call this process, in the management UI and in logs. It stays the same over a restart. */
export const instanceName = (app: AppName, env: AppEnv): string => `${app}@${hostname()}:${env.PORT}`;

/** How a service's process connects to its database. */
export const databaseOptions = (
  service: ServiceName,
  env: ServiceEnv,
): Required<ConnectionOptions> & { url: string } => ({
  url: env.DATABASE_URL,
  instance: instanceName(service, env),
  poolSize: env.DATABASE_POOL_SIZE,
});

/** The messaging options that follow from a service's environment. */
export const messagingOptions = (service: ServiceName, env: ServiceEnv): MessagingOptions => ({
  service,
  instance: instanceName(service, env),
  urls: env.RABBITMQ_URL,
  retryDelays: env.RETRY_DELAYS,
  prefetch: env.PREFETCH,
  repeatAfter: env.REANNOUNCE_AFTER,
  shutdownTimeout: env.SHUTDOWN_TIMEOUT,
});

import { BrokerView } from '#messaging';
import { appEnv, parseEnv, UpstreamUrls } from '#service';
import { lookAtQueues } from './queues.js';
import type { Row } from './row.js';
import { askService, services } from './services.js';

/** Somewhat longer than the pause between two announcements of a process, in milliseconds. */
const LISTEN_FOR = 1_500;

const BacklogEnv = appEnv('gateway').extend({
  POSTS_URLS: UpstreamUrls.optional(),
  COMMENTS_URLS: UpstreamUrls.optional(),
  QUERY_URLS: UpstreamUrls.optional(),
  MODERATION_URLS: UpstreamUrls.optional(),
});

/**
 * Asks RabbitMQ and every service what waits there. One that cannot be asked gets a row that says so.
 *
 * @throws EnvironmentError
 */
export async function collectBacklog(environment: NodeJS.ProcessEnv): Promise<Row[]> {
  const env = parseEnv(BacklogEnv, environment);
  const listed = {
    posts: env.POSTS_URLS,
    comments: env.COMMENTS_URLS,
    query: env.QUERY_URLS,
    moderation: env.MODERATION_URLS,
  };
  const broker = await BrokerView.open(env.RABBITMQ_URL).catch((error: unknown) => error as Error);
  const connected = broker instanceof BrokerView;
  try {
    const queues = connected ? lookAtQueues(broker, env.RETRY_DELAYS) : [unreachable(broker)];
    const announced = connected ? await broker.announcements(LISTEN_FOR) : [];
    const asked = services.map((service) => askService(service, announced, listed[service]));
    return [...(await Promise.all(asked)).flat(), ...(await queues)];
  } finally {
    if (connected) await broker.close();
  }
}

const unreachable = (error: Error & { code?: string }): Row => ({
  kind: 'broker',
  of: 'RabbitMQ',
  waiting: null,
  oldestSeconds: null,
  note: error.message || (error.code ?? String(error)),
});

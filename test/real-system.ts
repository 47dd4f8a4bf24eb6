import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPostgresDatabase, freePort, HttpClient, onPostgres, waitFor } from '#testing';
import { startPrivateBroker } from '../scripts/lib/broker.mjs';
import { startPrivatePostgres } from '../scripts/lib/postgres.mjs';
import { startSystem } from '../scripts/lib/system.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

type Plan = Parameters<typeof startSystem>[0];
type SharingService = 'posts' | 'comments' | 'moderation';
type PrivatePostgres = Awaited<ReturnType<typeof startPrivatePostgres>>;

/**
 * The built system as real processes with a RabbitMQ (and, in the run on PostgreSQL, a PostgreSQL) of its own, which a test
 * may kill and stop: what `npm start` runs, on private ports and in a directory of its own. Needs `npm run build` before; `npm test` does that.
 */
export class RealSystem {
  private constructor(
    private running: Awaited<ReturnType<typeof startSystem>>,
    private readonly plan: Plan,
    private readonly ownBroker: Awaited<ReturnType<typeof startPrivateBroker>> | undefined,
    private readonly ownPostgres: PrivatePostgres | undefined,
    private readonly folder: string,
  ) {}

  /** @param options.rabbitmqUrl a RabbitMQ to use; one of its own is started when left out */
  static async start({ rabbitmqUrl }: { rabbitmqUrl?: string } = {}): Promise<RealSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-real-'));
    const [broker, postgres] = await Promise.all([
      rabbitmqUrl ? undefined : startPrivateBroker({ dir: join(folder, 'rabbitmq') }),
      onPostgres ? startPrivatePostgres({ dir: join(folder, 'postgres') }) : undefined,
    ]);
    const ports = {
      posts: await freePort(),
      comments: await freePort(),
      query: await freePort(),
      moderation: await freePort(),
      gateway: await freePort(),
    };
    const plan: Plan = {
      root,
      ports,
      dataDir: join(folder, 'data'),
      rabbitmqUrl: rabbitmqUrl ?? broker!.url,
      ...(postgres && { databaseUrls: await createDatabases(postgres.url) }),
      clientDir: join(root, 'dist/client'),
      env: { ...process.env, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' },
    };
    return new RealSystem(await startSystem(plan), plan, broker, postgres, folder);
  }

  /** @throws Error in the run on SQLite */
  get postgres(): PrivatePostgres {
    if (!this.ownPostgres) throw new Error('this system runs on SQLite');
    return this.ownPostgres;
  }

  /** The RabbitMQ that this system has started for itself. */
  get broker(): Awaited<ReturnType<typeof startPrivateBroker>> {
    if (!this.ownBroker) throw new Error('this system uses a RabbitMQ that somebody else has started');
    return this.ownBroker;
  }

  /** The processes. */
  get system(): Awaited<ReturnType<typeof startSystem>> {
    return this.running;
  }

  /** The `DATABASE_URL` of a service. */
  databaseUrl(name: SharingService): string {
    return this.system.process(name).databaseUrl!;
  }

  /** Starts the processes again after `system.stop()`, on these databases. */
  async startOn(databaseUrls: Record<SharingService, string>): Promise<void> {
    this.running = await startSystem({ ...this.plan, databaseUrls });
  }

  get api(): HttpClient {
    return new HttpClient(`${this.system.url('gateway')}/api`);
  }

  /** Kills a process as a crash would, and waits until it has been started again and is ready. */
  async killAndAwait(label: string): Promise<void> {
    const process = this.system.process(label);
    const { pid } = process;
    process.signal('SIGKILL');
    await waitFor(() => process.pid !== undefined && process.pid !== pid, { what: `${label} to be started again` });
    await waitFor(async () => (await process.readiness()).ready, { what: `${label} to be ready`, timeout: 40_000 });
  }

  async stop(): Promise<void> {
    await this.system.stop();
    await this.ownBroker?.close({ force: true, discard: true });
    await this.ownPostgres?.close({ force: true, discard: true });
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * Makes an empty database for each service that can have one on PostgreSQL.
 *
 * @param server URL of its superuser; the tests' server when left out
 */
export const createDatabases = async (server?: string): Promise<Record<SharingService, string>> => ({
  posts: await createPostgresDatabase('posts', server),
  comments: await createPostgresDatabase('comments', server),
  moderation: await createPostgresDatabase('moderation', server),
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort, HttpClient, waitFor } from '#testing';
import { startPrivateBroker } from '../scripts/lib/broker.mjs';
import { planSystem } from '../scripts/lib/services.mjs';
import { System } from '../scripts/lib/system.mjs';
import { Authority } from './certificates.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Node reads NODE_EXTRA_CA_CERTS once, when it starts: so this is about real processes. Needs `npm run build` before. */
describe('RabbitMQ behind TLS', { timeout: 120_000 }, () => {
  let folder: string;
  let authority: Authority;
  let broker: Awaited<ReturnType<typeof startPrivateBroker>>;
  let tlsPort: number;
  let system: System | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-tls-'));
    authority = await Authority.create(folder);
    const { certificate, key } = await authority.certify(['DNS:localhost']);
    tlsPort = await freePort();
    broker = await startPrivateBroker({
      dir: join(folder, 'rabbitmq'),
      settings: [
        `listeners.ssl.local = 127.0.0.1:${tlsPort}`,
        `ssl_options.certfile = ${certificate}`,
        `ssl_options.keyfile = ${key}`,
      ],
    });
  }, 120_000);
  afterEach(async () => {
    await system?.stop();
    system = undefined;
  });
  afterAll(async () => {
    await broker?.close({ force: true, discard: true });
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const startPosts = async (rabbitmqUrl: string, env: Record<string, string>) => {
    const ports = { posts: await freePort() };
    system = new System(
      planSystem({ root, ports, dataDir: folder, rabbitmqUrl, env: { ...process.env, LOG_LEVEL: 'silent', ...env } }),
    );
    system.start();
    return new HttpClient(system.url('posts'));
  };
  const trusting = () => ({ NODE_EXTRA_CA_CERTS: authority.file });
  const says = (posts: HttpClient, status: string, publisher: { up: boolean; detail: RegExp }) =>
    waitFor(
      async () => {
        const { body } = await posts.get('/health/ready');
        const detail = expect.stringMatching(publisher.detail) as unknown;
        expect(body).toMatchObject({ status, checks: { publisher: { up: publisher.up, detail } } });
        return true;
      },
      { what: `posts to be ${status}`, timeout: 60_000 },
    );

  it('is used when its certificate is trusted and for this name', async () => {
    const posts = await startPosts(`amqps://guest:guest@localhost:${tlsPort}`, trusting());
    await says(posts, 'ready', { up: true, detail: /^connected$/ });
    // Over the encrypted port, not the other one.
    const { origin, username, password } = new URL(broker.managementUrl);
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const connections = await waitFor(async () => {
      const response = await fetch(`${origin}/api/connections`, { headers: { authorization } });
      const all = (await response.json()) as { ssl?: boolean; port?: number }[];
      return all.length > 0 && all.every(({ port }) => port !== undefined) && all;
    });
    expect(connections.every(({ ssl, port }) => ssl === true && port === tlsPort)).toBe(true);
  });

  it('is not used, and health says what to do, when its certificate is not trusted', async () => {
    const posts = await startPosts(`amqps://guest:guest@localhost:${tlsPort}`, {});
    await says(posts, 'degraded', { up: false, detail: /certificate is not trusted .*NODE_EXTRA_CA_CERTS/ });
    // Writes wait in the outbox, as during any outage.
    expect((await posts.post('/posts', { title: 'Hello' })).status).toBe(201);
  });

  it('is not used when its certificate is for another host', async () => {
    const posts = await startPosts(`amqps://guest:guest@127.0.0.1:${tlsPort}`, trusting());
    await says(posts, 'degraded', { up: false, detail: /certificate is for another host than RABBITMQ_URL names/ });
  });

  it('says so when the port is the one for amqp://', async () => {
    const { port } = new URL(broker.url);
    const posts = await startPosts(`amqps://guest:guest@localhost:${port}`, trusting());
    await says(posts, 'degraded', { up: false, detail: /does not speak TLS/ });
  });

  it('is used by its IP address when its certificate is for that, once it has this certificate', async () => {
    const posts = await startPosts(`amqps://guest:guest@127.0.0.1:${tlsPort}`, trusting());
    await says(posts, 'degraded', { up: false, detail: /another host/ });
    await broker.kill();
    await authority.certify(['IP:127.0.0.1']);
    await broker.start();
    await says(posts, 'ready', { up: true, detail: /^connected$/ });
  });
});

import { describe, expect, it } from 'vitest';
import { defaultPorts as contractPorts } from '#contracts';
import { assignPorts, defaultPorts, planInstance, planSystem } from './services.mjs';

const base = { root: '/parley', dataDir: '/parley/.data', rabbitmqUrl: 'amqp://localhost', env: {} };

describe('defaultPorts', () => {
  it('are those the services themselves go by', () => {
    expect(defaultPorts).toEqual(contractPorts);
  });
});

describe('assignPorts', () => {
  it('gives each one its usual port', () => {
    expect(assignPorts({})).toEqual({
      gateway: [3000],
      posts: [4000],
      comments: [4001],
      query: [4002],
      moderation: [4003],
    });
  });

  it('puts copies of the gateway from 3001, of comments from 4005, and of the others from 4010 upwards', () => {
    expect(assignPorts({ comments: 3, query: 2, posts: 2, gateway: 3 })).toMatchObject({
      gateway: [3000, 3001, 3002],
      comments: [4001, 4005, 4006],
      posts: [4000, 4010],
      query: [4002, 4011],
    });
  });

  it('gives no port away twice, however many copies there are', () => {
    const ports = Object.values(
      assignPorts({ posts: 20, comments: 20, query: 20, moderation: 20, gateway: 20 }),
    ).flat();
    expect(new Set(ports).size).toBe(100);
  });
});

describe('planSystem', () => {
  const plan = planSystem({ ...base, ports: assignPorts({ comments: 2, query: 2 }), clientDir: '/client' });
  const find = (label: string) => plan.find((each) => each.label === label);

  it('starts the gateway last', () => {
    expect(plan.map(({ label }) => label)).toEqual([
      'posts',
      'comments',
      'comments:4005',
      'query',
      'query:4010',
      'moderation',
      'gateway',
    ]);
  });

  it('tells every process where the broker and the first instance of each service are', () => {
    for (const { env } of plan) {
      expect(env).toMatchObject({
        POSTS_URLS: 'http://127.0.0.1:4000',
        COMMENTS_URLS: 'http://127.0.0.1:4001',
        QUERY_URLS: 'http://127.0.0.1:4002',
        RABBITMQ_URL: 'amqp://localhost',
        HOST: '127.0.0.1',
      });
    }
  });

  it('lets copies share the database of their service, except those of query', () => {
    expect(find('comments:4005')?.env.DATABASE_URL).toBe('sqlite:/parley/.data/comments.db');
    expect(find('query')?.env.DATABASE_URL).toBe('sqlite:/parley/.data/query.db');
    expect(find('query:4010')?.env.DATABASE_URL).toBe('sqlite:/parley/.data/query-4010.db');
    expect(find('gateway')?.env).not.toHaveProperty('DATABASE_URL');
  });

  it('puts all but query on PostgreSQL where there is one', () => {
    const databaseUrls = { posts: 'postgres://pg/posts', comments: 'postgres://pg/comments' };
    const onPostgres = planSystem({ ...base, ports: assignPorts({ comments: 2, query: 2 }), databaseUrls });
    const urls = new Map(onPostgres.map(({ label, env }) => [label, env.DATABASE_URL]));
    expect(urls.get('comments:4005')).toBe('postgres://pg/comments');
    expect(urls.get('moderation')).toBe('sqlite:/parley/.data/moderation.db');
    expect(urls.get('query:4010')).toBe('sqlite:/parley/.data/query-4010.db');
  });

  it('gives the client to the gateway only', () => {
    expect(plan.filter(({ env }) => env.CLIENT_DIR).map(({ name }) => name)).toEqual(['gateway']);
  });

  it('passes the environment on, except what only one process could have', () => {
    const env = { LOG_LEVEL: 'debug', PORT: '1', DATABASE_URL: 'sqlite:mine.db', ADVERTISE_URL: 'http://me' };
    const [posts] = planSystem({ ...base, ports: { posts: 4000 }, env });
    expect(posts?.env).toMatchObject({
      LOG_LEVEL: 'debug',
      PORT: '4000',
      DATABASE_URL: 'sqlite:/parley/.data/posts.db',
    });
    expect(posts?.env).not.toHaveProperty('ADVERTISE_URL');
  });

  it('calls processes that listen on all addresses on this machine', () => {
    const [posts] = planSystem({ ...base, ports: { posts: 4000 }, host: '0.0.0.0' });
    expect(posts).toMatchObject({ url: 'http://127.0.0.1:4000', env: { HOST: '0.0.0.0' } });
    expect(posts?.env).not.toHaveProperty('POSTS_URLS');
  });

  it('calls processes by https that serve it', () => {
    const env = { TLS_CERT_FILE: 'cert.pem', TLS_KEY_FILE: 'key.pem' };
    const [posts] = planSystem({ ...base, ports: { posts: 4000 }, env });
    expect(posts).toMatchObject({ url: 'https://127.0.0.1:4000', env: { POSTS_URLS: 'https://127.0.0.1:4000' } });
  });
});

describe('planInstance', () => {
  it('gives a further copy of query a database of its own', () => {
    const copy = planInstance({ ...base, name: 'query', label: 'query:4012', port: 4012, index: 1 });
    expect(copy).toMatchObject({
      databaseUrl: 'sqlite:/parley/.data/query-4012.db',
      env: { PORT: '4012', HOST: '127.0.0.1', RABBITMQ_URL: 'amqp://localhost' },
    });
  });
});

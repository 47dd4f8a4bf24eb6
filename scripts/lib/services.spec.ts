import { describe, expect, it } from 'vitest';
import { defaultPorts as contractPorts } from '#contracts';
import { assignPorts, defaultPorts, planSystem } from './services.mjs';

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

  it('puts copies of comments from 4006 and copies of the others from 4010 upwards', () => {
    const ports = assignPorts({ comments: 3, query: 2, posts: 2 });
    expect(ports).toMatchObject({ comments: [4001, 4006, 4007], posts: [4000, 4010], query: [4002, 4011] });
  });

  it('gives no port away twice, however many copies there are', () => {
    const ports = Object.values(assignPorts({ posts: 20, comments: 20, query: 20, moderation: 20 })).flat();
    expect(new Set(ports).size).toBe(81);
  });
});

describe('planSystem', () => {
  const plan = planSystem({ ...base, ports: assignPorts({ comments: 2, query: 2 }), clientDir: '/client' });
  const find = (label: string) => plan.find((each) => each.label === label);

  it('starts the gateway last', () => {
    expect(plan.map(({ label }) => label)).toEqual([
      'posts',
      'comments',
      'comments:4006',
      'query',
      'query:4010',
      'moderation',
      'gateway',
    ]);
  });

  it('tells every process where all instances of every service are', () => {
    for (const { env } of plan) {
      expect(env).toMatchObject({
        POSTS_URLS: 'http://127.0.0.1:4000',
        COMMENTS_URLS: 'http://127.0.0.1:4001,http://127.0.0.1:4006',
        QUERY_URLS: 'http://127.0.0.1:4002,http://127.0.0.1:4010',
        MODERATION_URLS: 'http://127.0.0.1:4003',
        RABBITMQ_URL: 'amqp://localhost',
        HOST: '127.0.0.1',
      });
    }
  });

  it('lets copies share the database of their service, except those of query', () => {
    expect(find('comments:4006')?.env.DATABASE_URL).toBe('sqlite:/parley/.data/comments.db');
    expect(find('query')?.env.DATABASE_URL).toBe('sqlite:/parley/.data/query.db');
    expect(find('query:4010')?.env.DATABASE_URL).toBe('sqlite:/parley/.data/query-4010.db');
    expect(find('gateway')?.env).not.toHaveProperty('DATABASE_URL');
  });

  it('gives the client to the gateway only', () => {
    expect(plan.filter(({ env }) => env.CLIENT_DIR).map(({ name }) => name)).toEqual(['gateway']);
  });

  it('passes the environment on, except what only one process could have', () => {
    const env = { LOG_LEVEL: 'debug', PORT: '1', DATABASE_URL: 'sqlite:mine.db' };
    const [posts] = planSystem({ ...base, ports: { posts: 4000 }, env });
    expect(posts?.env).toMatchObject({
      LOG_LEVEL: 'debug',
      PORT: '4000',
      DATABASE_URL: 'sqlite:/parley/.data/posts.db',
    });
  });

  it('calls processes that listen on all addresses on this machine', () => {
    const [posts] = planSystem({ ...base, ports: { posts: 4000 }, host: '0.0.0.0' });
    expect(posts).toMatchObject({ url: 'http://127.0.0.1:4000', env: { HOST: '0.0.0.0' } });
  });
});

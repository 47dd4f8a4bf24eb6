import { describe, expect, it } from 'vitest';
import { EnvironmentError, parseEnv, serviceEnv } from './env.js';

const parse = (env: Record<string, string>) => parseEnv(serviceEnv('comments'), env);

describe(parseEnv.name, () => {
  it('has a default for everything, and listens on this machine only', () => {
    expect(parse({})).toMatchObject({
      PORT: 4001,
      HOST: '127.0.0.1',
      DATABASE_URL: 'sqlite:.data/comments.db',
      RABBITMQ_URL: ['amqp://localhost:5672'],
      RETRY_DELAYS: [1_000, 5_000, 30_000, 120_000],
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(parse({ PORT: '', CORS_ORIGINS: '' })).toMatchObject({ PORT: 4001, CORS_ORIGINS: ['*'] });
  });

  it('reads lists and durations', () => {
    expect(parse({ RABBITMQ_URL: 'amqp://a:1, amqp://b:2', RETRY_DELAYS: '50ms,2m' })).toMatchObject({
      RABBITMQ_URL: ['amqp://a:1', 'amqp://b:2'],
      RETRY_DELAYS: [50, 120_000],
    });
  });

  it('lists every bad variable at once', () => {
    const bad = {
      PORT: 'x',
      RABBITMQ_URL: 'http://a',
      RETRY_DELAYS: '5',
      DATABASE_URL: 'mysql://x',
      LOG_LEVEL: 'loud',
    };
    expect(() => parse(bad)).toThrow(EnvironmentError);
    for (const key of Object.keys(bad)) expect(() => parse(bad)).toThrow(key);
  });

  it.each([
    'sqlite:posts.db',
    'postgres://me:secret@db.example:5432/comments?sslmode=verify-full',
    'postgresql://db/comments',
  ])('takes %s for a database', (url) => {
    expect(parse({ DATABASE_URL: url })).toMatchObject({ DATABASE_URL: url });
  });

  it.each(['sqlite:', 'comments.db', 'postgres://', 'postgres://me:secret@db/', 'mysql://me:secret@db/comments'])(
    "refuses '%s' for a database, says what it should be, and keeps the password to itself",
    (url) => {
      expect(() => parse({ DATABASE_URL: url })).toThrow(/sqlite:<path of a file> or postgres:/);
      expect(() => parse({ DATABASE_URL: url })).not.toThrow(/secret/);
    },
  );

  it('takes no PostgreSQL for the read model', () => {
    expect(() => parseEnv(serviceEnv('query'), { DATABASE_URL: 'postgres://db/query' })).toThrow(/DATABASE_URL/);
  });
});

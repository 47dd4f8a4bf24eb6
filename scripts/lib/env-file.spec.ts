import { describe, expect, it } from 'vitest';
import { completeEnvFile } from './env-file.mjs';

const example = '# RabbitMQ\nRABBITMQ_PASSWORD=\n\nPOSTS_DB_PASSWORD=\n#LOG_LEVEL=info\n';

describe('the .env of docker-compose.yml', () => {
  it('is made of the example, with a password of its own in every empty place', () => {
    const { content, added } = completeEnvFile(example, undefined);

    expect(added).toEqual(['RABBITMQ_PASSWORD', 'POSTS_DB_PASSWORD']);
    expect(content).toMatch(
      /^# RabbitMQ\nRABBITMQ_PASSWORD=[0-9a-f]{48}\n\nPOSTS_DB_PASSWORD=[0-9a-f]{48}\n#LOG_LEVEL=info\n$/,
    );
    expect(new Set(content.match(/[0-9a-f]{48}/g)).size).toBe(2);
  });

  it('keeps what it holds, and gets what it lacks', () => {
    const { content, added } = completeEnvFile(example, 'RABBITMQ_PASSWORD=mine\nLOG_LEVEL=debug');

    expect(added).toEqual(['POSTS_DB_PASSWORD']);
    expect(content).toMatch(/^RABBITMQ_PASSWORD=mine\nLOG_LEVEL=debug\nPOSTS_DB_PASSWORD=[0-9a-f]{48}\n$/);
  });

  it('fills an empty place, also in a file with Windows line ends', () => {
    const { content, added } = completeEnvFile(example, 'RABBITMQ_PASSWORD=\r\nPOSTS_DB_PASSWORD=mine\r\n');

    expect(added).toEqual(['RABBITMQ_PASSWORD']);
    expect(content).toMatch(/^RABBITMQ_PASSWORD=[0-9a-f]{48}\r?\nPOSTS_DB_PASSWORD=mine\r\n$/);
  });

  it('is left alone when it is complete', () => {
    const complete = 'RABBITMQ_PASSWORD=a\nPOSTS_DB_PASSWORD=b\n';

    expect(completeEnvFile(example, complete)).toEqual({ content: complete, added: [] });
  });
});

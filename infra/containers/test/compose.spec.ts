import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { type AppName, defaultPorts } from '#contracts';
import { parseEnv, serviceEnv } from '#service';
import { CommentsEnv } from '../../../apps/comments/src/env.js';
import { gatewayEnv } from '../../../apps/gateway/src/env.js';
import { moderationEnv } from '../../../apps/moderation/src/env.js';
import { interpolate, read, servicesIn, variablesOf } from './compose-file.js';

const files = ['docker-compose.yml', 'docker-compose.sqlite.yml', 'docker-compose.dev.yml'];
const schemas: Record<AppName, z.ZodObject> = {
  gateway: gatewayEnv,
  posts: serviceEnv('posts'),
  comments: CommentsEnv,
  query: serviceEnv('query'),
  moderation: moderationEnv,
};
const apps = Object.keys(defaultPorts) as AppName[];
const main = servicesIn('docker-compose.yml');

/** What a process allows itself beyond DRAIN_DELAY and SHUTDOWN_TIMEOUT, in milliseconds. */
const GRACE = 5_000;

const databaseUsers = ['posts', 'comments', 'moderation'] as const;
const password = (name: string) => `${name.toUpperCase()}_DB_PASSWORD`;

describe.each(files)('%s', (file) => {
  const services = servicesIn(file);

  it.each(apps)('sets variables that %s knows, to values that it takes', (app) => {
    const environment = Object.entries(services[app]?.environment ?? {}).filter(([name]) => name !== 'NODE_OPTIONS');
    const given = Object.fromEntries(environment.map(([name, value]) => [name, interpolate(value, 'secret')]));

    expect(Object.keys(schemas[app].shape)).toEqual(expect.arrayContaining(Object.keys(given)));
    expect(() => parseEnv(schemas[app], given)).not.toThrow();
  });

  it('calls each app at the port that it listens at', () => {
    const called = [...read(file).matchAll(/http:\/\/(gateway|posts|comments|query|moderation):(\d+)/g)];

    for (const [, app, port] of called) expect(`${app}:${port}`).toBe(`${app}:${defaultPorts[app as AppName]}`);
  });

  it('publishes nothing but the gateway beyond this machine', () => {
    for (const [name, service] of Object.entries(services)) {
      const open = (service?.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'));
      expect(open).toEqual(name === 'gateway' && file === 'docker-compose.yml' ? ['${GATEWAY_PORT:-3000}:3000'] : []);
    }
  });

  it('takes from .env only what .env.example explains', () => {
    const explained = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);

    expect(explained).toEqual(expect.arrayContaining(variablesOf(file)));
  });
});

describe('docker-compose.yml', () => {
  it.each(apps)('builds the image of %s and hardens its container', (app) => {
    expect(main[app]).toMatchObject({
      build: { target: app },
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      read_only: true,
      deploy: {
        resources: { limits: { cpus: expect.anything(), memory: expect.anything(), pids: expect.anything() } },
      },
    });
  });

  it.each(apps)('gives %s more time to stop than it takes', (app) => {
    const { DRAIN_DELAY = 0, SHUTDOWN_TIMEOUT } = parseEnv(schemas[app], {}) as {
      DRAIN_DELAY?: number;
      SHUTDOWN_TIMEOUT: number;
    };
    const grace = Number.parseInt(main[app]?.stop_grace_period ?? '', 10) * 1_000;

    expect(grace).toBeGreaterThan(DRAIN_DELAY + SHUTDOWN_TIMEOUT + GRACE);
  });

  it('has an image of RabbitMQ and PostgreSQL that cannot reach further than it must', () => {
    for (const name of ['rabbitmq', 'postgres']) {
      expect(main[name]).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    }
    expect(main['postgres']?.networks).toEqual(['backend']);
  });

  it.each(databaseUsers)('gives %s a role and a database of its own, with a password from .env', (name) => {
    const sql = read('infra/containers/postgres/databases.sql');

    expect(sql).toContain(`\\getenv ${name}_password ${password(name)}\n`);
    expect(sql).toContain(`CREATE ROLE ${name} LOGIN PASSWORD :'${name}_password';`);
    expect(sql).toContain(`CREATE DATABASE ${name} OWNER ${name};`);
    expect(main['postgres']?.environment).toHaveProperty(password(name));
    expect(main[name]?.environment?.['DATABASE_URL']).toBe(
      `postgres://${name}:\${${password(name)}}@postgres:5432/${name}`,
    );
  });
});

describe('Dockerfile', () => {
  const stages = read('Dockerfile').split(/^(?=FROM )/m);

  it.each(apps)('has a target for %s, which listens at its usual port', (app) => {
    const stage = stages.find((each) => each.split('\n')[0]!.endsWith(` AS ${app}`));

    expect(stage).toMatch(new RegExp(`^ENV PORT=${defaultPorts[app]}\\b`, 'm'));
    expect(stage).toContain(`EXPOSE ${defaultPorts[app]}\n`);
    expect(stage).toContain(`CMD ["node", "dist/apps/${app}/src/main.js"]`);
  });
});

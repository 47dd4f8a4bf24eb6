import type { FastifyReply } from 'fastify';
import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import type { Drain } from '../drain.js';
import { HealthController } from './health.controller.js';
import type { Readiness, ReadinessCheck } from './readiness.js';

const aCheck = (name: string, result: Partial<Readiness> = {}): ReadinessCheck => ({
  name,
  check: () => Promise.resolve({ up: true, detail: 'fine', ...result }),
});

/** Asks, and remembers the status that was answered. */
async function ask(sut: HealthController) {
  const statuses: number[] = [];
  const reply = { status: (status: number) => statuses.push(status) } as unknown as FastifyReply;
  return { body: await sut.ready(reply), status: statuses[0] };
}

describe(HealthController.name, () => {
  describe('ready', () => {
    it.each<[string, ReadinessCheck[], number]>([
      ['ready', [], 200],
      ['ready', [aCheck('a'), aCheck('b', { essential: true })], 200],
      ['degraded', [aCheck('a'), aCheck('b', { up: false })], 200],
      ['not-ready', [aCheck('a', { up: false }), aCheck('b', { up: false, essential: true })], 503],
    ])('is %s', async (expected, checks, code) => {
      const { body, status } = await ask(new HealthController(undefined, undefined, checks));
      expect(body.status).toBe(expected);
      expect(status).toBe(code);
      expect(Object.keys(body.checks)).toEqual(checks.map(({ name }) => name));
    });

    it('says what is waited for', async () => {
      const { body } = await ask(new HealthController(undefined, undefined, [aCheck('a', { up: false, detail: 'b' })]));
      expect(body.checks).toEqual({ a: { up: false, detail: 'b' } });
    });

    it('is not ready when it is about to stop', async () => {
      const begun = new HealthController(undefined, undefined, [], undefined, {
        readiness: () => ({ drain: { up: false, detail: 'about to stop', essential: true } }),
      } as unknown as Drain);
      const { body, status } = await ask(begun);
      expect([status, body.status, Object.keys(body.checks)]).toEqual([503, 'not-ready', ['drain']]);
    });

    it('is not ready without its database: no request could be answered', async () => {
      const broken = { query: () => Promise.reject(new Error('gone')) } as unknown as DataSource;
      const { body, status } = await ask(new HealthController(broken));
      expect(body).toMatchObject({ status: 'not-ready', checks: { database: { up: false, detail: 'Error: gone' } } });
      expect(status).toBe(503);
    });
  });

  describe('ready, with a database that has much to do', () => {
    it('holds: who is taken for dead leaves its work to others, and they to others', async () => {
      const busy = () => Promise.reject(new Error('timeout exceeded when trying to connect'));
      const { body, status } = await ask(new HealthController({ query: busy } as unknown as DataSource));
      expect(body).toEqual({ status: 'ready', checks: { database: { up: true, detail: 'all connections are busy' } } });
      expect(status).toBe(200);
    });
  });

  describe('live', () => {
    it('holds whatever is waited for: a restart would not help', () => {
      const sut = new HealthController(undefined, undefined, [aCheck('a', { up: false, essential: true })]);
      expect(sut.live()).toEqual({ status: 'live' });
    });
  });
});

import { Controller, Get, Inject, Optional, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { isPoolExhausted } from '#database';
import { Announcements, Messaging, OutboxRelay } from '#messaging';
import { Drain } from '../drain.js';
import { unlimited } from '../http/request-limit.js';
import { BacklogCheck } from './backlog-check.js';
import { type Readiness, READINESS_CHECKS, type ReadinessCheck } from './readiness.js';

/** `ready`: all is well. `degraded`: requests are answered, but something is waited for. `not-ready`: send none. */
type Overall = 'ready' | 'degraded' | 'not-ready';

/** An event that waits for longer in the outbox than this, in seconds, is stuck: of a copy that is gone it is 15 at most. */
const OUTBOX_LIMIT = 30;

@Controller('health')
export class HealthController {
  private readonly outbox: BacklogCheck | undefined;

  constructor(
    @Optional() private readonly database?: DataSource,
    @Optional() private readonly messaging?: Messaging,
    @Optional() @Inject(READINESS_CHECKS) private readonly further: ReadinessCheck[] = [],
    @Optional() private readonly announcements?: Announcements,
    @Optional() private readonly drain?: Drain,
    @Optional() relay?: OutboxRelay,
  ) {
    this.outbox = relay && new BacklogCheck('outbox', () => relay.backlog(), OUTBOX_LIMIT);
  }

  /** Whether the process runs: if not, restart it. */
  @Get('live')
  @RouteConfig(unlimited)
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /**
   * Whether to send requests here: 503 only when they could not be answered. Without RabbitMQ they can: events wait in
   * the outbox, and the answer says so.
   */
  @Get('ready')
  @RouteConfig(unlimited)
  async ready(
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ status: Overall; checks: Record<string, Readiness> }> {
    const checks = await this.checks();
    const status = overall(Object.values(checks));
    void reply.status(status === 'not-ready' ? 503 : 200);
    return { status, checks };
  }

  private async checks(): Promise<Record<string, Readiness>> {
    // All at once: what hangs, such as a database that does not answer, hangs once.
    const [database, outbox, ...further] = await Promise.all([
      this.database && this.checkDatabase(this.database),
      this.outbox?.check(),
      ...this.further.map(async (one) => [one.name, await one.check()] as const),
    ]);
    return {
      ...(database && { database }),
      ...this.messaging?.statuses(),
      ...(outbox && { outbox }),
      ...(this.announcements && { announcements: this.announcements.status }),
      ...Object.fromEntries(further),
      ...this.drain?.readiness(),
    };
  }

  private async checkDatabase(database: DataSource): Promise<Readiness> {
    try {
      await database.query('SELECT 1');
      return { up: true, detail: 'open' };
    } catch (error) {
      // Taken for dead, a copy that has much to do would leave it to others, and they to others.
      if (isPoolExhausted(error)) return { up: true, detail: 'all connections are busy' };
      return { up: false, detail: String(error), essential: true };
    }
  }
}

const overall = (checks: Readiness[]): Overall => {
  if (checks.some(({ up, essential }) => !up && essential)) return 'not-ready';
  return checks.every(({ up }) => up) ? 'ready' : 'degraded';
};

import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Announcements } from '#messaging';
import type { Readiness } from './health/readiness.js';
import type { HttpAdapter } from './http/http-adapter.js';

/**
 * What comes before stopping: this process still answers, but asks not to be asked. Whoever balances requests has the
 * time to notice, so that no request meets a closed door.
 */
@Injectable()
export class Drain {
  private begun = false;

  constructor(
    private readonly announcements: Announcements,
    private readonly host: HttpAdapterHost<HttpAdapter>,
  ) {}

  /** What readiness has to say of it: nothing before it has begun. */
  readiness(): Record<string, Readiness> {
    if (!this.begun) return {};
    return { drain: { up: false, detail: 'about to stop', essential: true } };
  }

  /** Says that we leave: by an announcement, by health checks, and with every answer, which ends its connection. */
  async begin(): Promise<void> {
    this.begun = true;
    this.host.httpAdapter.connections.endWithAnswers();
    await this.announcements.leave();
  }
}

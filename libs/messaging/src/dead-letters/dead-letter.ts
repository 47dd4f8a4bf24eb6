import { createHash } from 'node:crypto';
import type { ConsumeMessage } from 'amqplib';
import {
  type DeadLetterDetail,
  type DeadLetterFilter,
  type DeadLetterReason,
  type DeadLetterService,
  type DeadLetterSummary,
  DeadLetterType,
} from '#contracts';
import { FAILURE_HEADERS } from '../failure-policy.js';
import { readableBody, typeInBody } from './dead-letter-body.js';
import { latestDeath } from './death.js';

/**
 * A message that stands in the dead letters of a service.
 *
 * Anything may stand there, so nothing of it is taken for granted: what RabbitMQ itself gave up has none of our headers,
 * what was published by hand may have no `messageId`, or that of another, and a body of any bytes.
 */
export class DeadLetter {
  constructor(
    readonly service: DeadLetterService,
    readonly message: ConsumeMessage,
  ) {}

  /** The same at every look: made of the body, the `messageId` and the story of the failure. Copies in all share it. */
  get id(): string {
    const { 'x-death': death, ...headers } = this.headers;
    const told = Object.values(FAILURE_HEADERS).map((name) => headers[name] ?? null);
    const hash = createHash('sha256').update(JSON.stringify([this.service, this.messageId, told, death ?? null]));
    return hash.update(this.message.content).digest('hex').slice(0, 16);
  }

  get messageId(): string | null {
    const id: unknown = this.message.properties.messageId;
    return typeof id === 'string' && id !== '' ? id : null;
  }

  /** What the exchange says to which it was published, or else the message. */
  get type(): DeadLetterType {
    const exchange = this.text(FAILURE_HEADERS.exchange) || latestDeath(this.headers)?.exchange;
    for (const told of [exchange, this.message.properties.type]) {
      const { data } = DeadLetterType.safeParse(told);
      if (data) return data;
    }
    return DeadLetterType.safeParse(typeInBody(this.message.content)).data ?? 'unknown';
  }

  get reason(): DeadLetterReason {
    if (this.isGivenUp) return 'delivery-limit';
    const reason = this.text(FAILURE_HEADERS.reason);
    return reason === 'permanent' || reason === 'transient' ? reason : 'unknown';
  }

  get error(): string {
    if (this.isGivenUp)
      return 'RabbitMQ gave it up at its delivery limit: handling it ended the process or its connection';
    return this.text(FAILURE_HEADERS.error) ?? 'nothing tells why it is here';
  }

  get failedAt(): string | null {
    const death = latestDeath(this.headers)?.at;
    const failed = new Date(this.text(FAILURE_HEADERS.failedAt) ?? Number.NaN);
    const at = this.isGivenUp || Number.isNaN(failed.getTime()) ? death : failed;
    return at?.toISOString() ?? null;
  }

  get logOffset(): number | null {
    return this.count(FAILURE_HEADERS.logOffset);
  }

  /** How often it was redriven before. */
  get redrives(): number {
    return this.count(FAILURE_HEADERS.redrives) ?? 0;
  }

  /** Whether it is one of those that are meant. An id may be its own or its `messageId`. */
  fits({ service, type, reason, id }: DeadLetterFilter): boolean {
    return (
      (service === undefined || service === this.service) &&
      (type === undefined || type === this.type) &&
      (reason === undefined || reason === this.reason) &&
      (id === undefined || id === this.messageId || id === this.id)
    );
  }

  summary(): DeadLetterSummary {
    const { id, service, messageId, type, reason, error, failedAt, logOffset, redrives } = this;
    const attempts = this.isGivenUp ? null : this.count(FAILURE_HEADERS.attempts);
    const size = this.message.content.length;
    return { id, service, messageId, type, reason, error, attempts, failedAt, logOffset, redrives, size };
  }

  detail(): DeadLetterDetail {
    // They only count how often somebody looked at it.
    const { 'x-delivery-count': _delivered, 'x-acquired-count': _acquired, ...headers } = this.headers;
    return { ...this.summary(), headers, body: readableBody(this.message.content) };
  }

  private get headers(): Record<string, unknown> {
    return this.message.properties.headers ?? {};
  }

  /** Whether the last that happened to it is that RabbitMQ gave it up. It tells the time in seconds. */
  private get isGivenUp(): boolean {
    const death = latestDeath(this.headers);
    if (death?.reason !== 'delivery_limit') return false;
    const failed = Date.parse(this.text(FAILURE_HEADERS.failedAt) ?? '');
    return !death.at || Number.isNaN(failed) || death.at.getTime() >= Math.floor(failed / 1_000) * 1_000;
  }

  private text(header: string): string | undefined {
    const value = this.headers[header];
    return typeof value === 'string' ? value : undefined;
  }

  private count(header: string): number | null {
    const value = this.headers[header];
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
  }
}

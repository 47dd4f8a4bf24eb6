/** What RabbitMQ notes on a message that it dead-letters. */
interface Death {
  reason: string | undefined;
  /** The exchange that the message came by; empty when it was sent to the queue itself. */
  exchange: string | undefined;
  /** In whole seconds. */
  at: Date | undefined;
}

/** The latest entry of `x-death`, where RabbitMQ puts it first. What is not of the right shape is left out. */
export function latestDeath(headers: Record<string, unknown>): Death | undefined {
  const deaths = headers['x-death'];
  const [latest] = Array.isArray(deaths) ? (deaths as unknown[]) : [];
  if (typeof latest !== 'object' || latest === null) return undefined;
  const { reason, exchange, time } = latest as Record<string, unknown>;
  return { reason: textOf(reason), exchange: textOf(exchange), at: timeOf(time) };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** amqplib reads AMQP's timestamps as `{ '!': 'timestamp', value: <seconds> }`. */
function timeOf(time: unknown): Date | undefined {
  const seconds = (time as { value?: unknown } | null | undefined)?.value;
  const at = new Date(typeof seconds === 'number' ? seconds * 1_000 : Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

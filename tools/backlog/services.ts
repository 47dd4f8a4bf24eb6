import { hostname } from 'node:os';
import type { Announcement, ServiceName } from '#contracts';
import { ServiceDirectory } from '#messaging';
import type { Readiness } from '#service';
import type { Row } from './row.js';

/** How long a service may take to answer, in milliseconds. */
const TIMEOUT = 5_000;

export const services = ['posts', 'comments', 'query', 'moderation'] as const satisfies ServiceName[];

/** What a check of `/health/ready` says; of the event log besides how far behind its reader is. */
type Check = Readiness & { eventsBehind?: number | null; secondsBehind?: number | null };
type Health = { url: string; checks: Record<string, Check> } | { url: string; failure: string };

/**
 * Asks every instance of a service how much waits there.
 *
 * @param announced what was heard of instances
 * @param listed URLs of instances that the environment names
 */
export async function askService(service: ServiceName, announced: Announcement[], listed?: string[]): Promise<Row[]> {
  const directory = new ServiceDirectory(hostname(), services);
  for (const announcement of announced) directory.take(announcement);
  const health = await Promise.all(directory.urlsOf(service, listed).map(askInstance));
  const failures = health.flatMap((one) => ('failure' in one ? [one] : []));
  const answers = health.flatMap((one) => ('checks' in one ? [one] : []));
  return [
    ...failures.map(({ url, failure }) => row('service', `${service} at ${url}`, undefined, failure)),
    ...(service === 'query' ? answers.flatMap(ofReader) : ofService(service, answers)),
  ];
}

async function askInstance(url: string): Promise<Health> {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/health/ready`, { signal: AbortSignal.timeout(TIMEOUT) });
    const { checks } = (await response.json()) as { checks?: Record<string, Check> };
    return checks ? { url, checks } : { url, failure: `answers ${response.status}, without checks` };
  } catch (error) {
    return { url, failure: reasonOf(error) };
  }
}

type Answer = Extract<Health, { checks: unknown }>;

/** Copies share a database: one of them tells of it for all. What they hold, each tells for itself. */
function ofService(service: ServiceName, answers: Answer[]): Row[] {
  const [first] = answers;
  if (!first) return [];
  const { outbox, pending } = first.checks;
  const consumers = answers.flatMap(({ checks }) => checks['consumer'] ?? []);
  return [
    ...(outbox ? [row('outbox', service, outbox)] : []),
    ...(pending ? [row('pending', service, pending)] : []),
    ...(consumers.length > 0 ? [row('unacked', service, sum(consumers), troubles(consumers))] : []),
  ];
}

/** Every copy of query has a database of its own. */
function ofReader({ url, checks }: Answer): Row[] {
  const { parked, eventLog } = checks;
  const lag = { waiting: eventLog?.eventsBehind ?? null, oldestSeconds: eventLog?.secondsBehind ?? null };
  return [
    ...(parked ? [row('parked', `query at ${url}`, parked)] : []),
    ...(eventLog ? [row('log', `query at ${url}`, lag, troubles([eventLog]))] : []),
  ];
}

const sum = (consumers: Check[]) => ({
  waiting: consumers.reduce((total, { unacked = 0 }) => total + unacked, 0),
  oldestSeconds: Math.max(...consumers.map(({ oldestSeconds = 0 }) => oldestSeconds)),
});

const troubles = (checks: Check[]): string => checks.flatMap(({ up, detail }) => (up ? [] : [detail])).join('; ');

function row(
  kind: Row['kind'],
  of: string,
  backlog?: { waiting?: number | null; oldestSeconds?: number | null; up?: boolean; detail?: string },
  note?: string,
): Row {
  const { waiting = null, oldestSeconds = null, up = true, detail = '' } = backlog ?? {};
  return { kind, of, waiting, oldestSeconds, note: note ?? (up ? '' : detail) };
}

/** `fetch failed` alone says nothing: its cause does. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  const { message } = error as Error;
  return cause?.message || cause?.code || message;
}

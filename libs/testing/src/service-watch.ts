import type { Channel } from 'amqplib';
import { type DataSource, In } from 'typeorm';
import { type AppName, eventsPublishedBy, eventsReactedToBy, type ServiceName } from '#contracts';
import { InboxMessage, LogPosition, openReader, OutboxMessage } from '#database';
import { deadLetterQueueOf, EVENT_LOG, EventLogServer, queueOf, ServiceQueueServer } from '#messaging';
import type { AppProcess } from './app-process.js';
import { eventIdIn, type LoggedMessage } from './event-log-follower.js';

/** How many ids are asked for in one statement. */
const CHUNK = 500;
/** How many events are named in one line. */
const NAMED = 5;

/** Sees what work is left for one service: in its database, its queues and its process, if that lives. */
export class ServiceWatch {
  /** Events that it is not known to have handled, and how many of the log were looked at for that. */
  private unhandled: LoggedMessage[] = [];
  private looked = 0;
  private dead: { count: number; ids: Set<string | undefined> } = { count: 0, ids: new Set() };

  private constructor(
    private readonly process: AppProcess,
    private readonly name: ServiceName,
    private readonly database: DataSource,
    /** Its queue, and those in which its events wait for a further attempt. */
    private readonly queues: string[],
  ) {}

  /** @param queues all of the vhost */
  static async open(process: AppProcess, databaseUrl: string, queues: string[]): Promise<ServiceWatch> {
    const name = process.name as ServiceName;
    const entities = [InboxMessage, LogPosition, OutboxMessage];
    const database = await openReader(databaseUrl, { entities, migrations: [] });
    const own = queues.filter((queue) => queue === queueOf(name) || queue.startsWith(`${queueOf(name)}.retry.`));
    return new ServiceWatch(process, name, database, own);
  }

  async close(): Promise<void> {
    await this.database.destroy();
  }

  /** What is left of the messages in the log, a line each. */
  async look(log: LoggedMessage[], channel: Channel): Promise<string[]> {
    const queued = await this.lookAtQueues(channel);
    const unhandled = await this.lookAtInbox(log, channel);
    // An attempt may be on its way from one queue to another just now. At the end of a long wait it means a loss.
    const nowhere = queued.length === 0 && this.process.state === 'running' ? ': in none of its queues' : '';
    return [...queued, ...unhandled.map((line) => line + nowhere), ...(await this.lookAtPosition(log))];
  }

  /** What the outbox holds. Looked at last: handling an event puts others into it. */
  async lookAtOutbox(): Promise<string[]> {
    if (eventsPublishedBy(this.name).length === 0) return [];
    const rows = await this.database.manager.find(OutboxMessage, { select: { eventId: true, type: true } });
    const events = rows.map(({ eventId, type }) => ({ id: eventId, type }));
    return events.length > 0 ? [`${this.label} has not published ${named(events)}`] : [];
  }

  private get label(): string {
    return this.process.state === 'running' ? this.name : `${this.name} (${this.process.state})`;
  }

  private async lookAtQueues(channel: Channel): Promise<string[]> {
    const lines: string[] = [];
    for (const queue of this.queues) {
      const { messageCount } = await channel.checkQueue(queue);
      if (messageCount > 0) lines.push(`${messageCount} in queue ${queue}`);
    }
    if (this.queues.length === 0 || this.process.state !== 'running' || lines.length > 0) return lines;
    const inFlight = await this.process.app.get(ServiceQueueServer, { strict: false }).backlog();
    return inFlight > 0 ? [`${inFlight} being handled by ${this.name}`] : [];
  }

  private async lookAtInbox(log: LoggedMessage[], channel: Channel): Promise<string[]> {
    const types: string[] = eventsReactedToBy(this.name);
    const added = log.slice(this.looked).filter(({ id, type }) => id !== undefined && types.includes(type));
    this.looked = log.length;
    this.unhandled = await this.withoutHandled([...this.unhandled, ...added]);
    if (this.unhandled.length === 0) return [];
    const dead = await this.deadLetters(channel);
    const left = this.unhandled.filter(({ id }) => !dead.has(id));
    return left.length > 0 ? [`${this.label} has not handled ${named(left)}`] : [];
  }

  private async withoutHandled(messages: LoggedMessage[]): Promise<LoggedMessage[]> {
    const left: LoggedMessage[] = [];
    for (let from = 0; from < messages.length; from += CHUNK) {
      const chunk = messages.slice(from, from + CHUNK);
      const rows = await this.database.manager.findBy(InboxMessage, { eventId: In(chunk.map(({ id }) => id)) });
      const handled = new Set<string | undefined>(rows.map(({ eventId }) => eventId));
      left.push(...chunk.filter(({ id }) => !handled.has(id)));
    }
    return left;
  }

  /** Takes them out for a look, and waits until they are back, so that whoever looks next sees them. */
  private async deadLetters(channel: Channel): Promise<Set<string | undefined>> {
    const queue = deadLetterQueueOf(this.name);
    const count = async () => (await channel.checkQueue(queue)).messageCount;
    if ((await count()) === this.dead.count) return this.dead.ids;
    const ids: (string | undefined)[] = [];
    for (let message = await channel.get(queue); message; message = await channel.get(queue)) {
      ids.push(eventIdIn(message.content));
    }
    channel.nackAll(true);
    while ((await count()) < ids.length);
    this.dead = { count: ids.length, ids: new Set(ids) };
    return this.dead.ids;
  }

  private async lookAtPosition(log: LoggedMessage[]): Promise<string[]> {
    const end = log.at(-1)?.offset;
    if (end === undefined || !readsEventLog(this.name)) return [];
    const position = await this.database.manager.findOneBy(LogPosition, { log: EVENT_LOG });
    const offset = position?.offset ?? -1;
    if (offset >= end) return [];
    const behind = log.filter((message) => message.offset > offset);
    return [
      `${this.label} is at offset ${offset} of ${end} of the event log: not applied: ${named(behind)}${this.why()}`,
    ];
  }

  /** What the reader of the event log says of itself, where it does not go on. */
  private why(): string {
    if (this.process.state !== 'running') return '';
    const { up, detail } = this.process.app.get(EventLogServer, { strict: false }).brokerStatus;
    return up ? '' : ` (${detail})`;
  }
}

/** Whether there is a database to look into: not so in the gateway. */
export const hasWork = (name: AppName): boolean =>
  readsEventLog(name) || [eventsPublishedBy, eventsReactedToBy].some((of) => of(name as ServiceName).length > 0);

const readsEventLog = (name: AppName): boolean => name === 'query';

/** The first few of them, and how many more there are. */
function named(events: { id: string | undefined; type: string }[]): string {
  const first = events.slice(0, NAMED).map(({ id, type }) => `${type} ${id ?? '(no event)'}`);
  return events.length > NAMED ? `${first.join(', ')} and ${events.length - NAMED} more` : first.join(', ');
}

import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import type { CloudEvent } from '#contracts';
import { EventLogArchive, OtherLogError, parseEvent } from '#messaging';
import { EnvironmentError, parseEnv, serviceEnv } from '#service';
import { explain, parseWords, print, UsageError } from './lib/command-line.js';

const help = `Backs up the event log, or fills an empty one from a backup.

  npm run event-log -- export --to events.ndjson     every event, one line of JSON (a CloudEvent) each
  npm run event-log -- import --from events.ndjson   into a log that is empty, or holds the beginning of the file
  npm run event-log -- --help                        this text

RABBITMQ_URL says which RabbitMQ (amqp://localhost:5672 when it is not set). An import that was interrupted is
completed by running it again. After an import, delete the databases of query: they belong to the log before.`;

type Command = { name: 'export' | 'import'; file: string };

async function main(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return print(help);
  const { name, file } = parseCommand(args);
  const archive = await EventLogArchive.open(parseEnv(serviceEnv('query'), process.env).RABBITMQ_URL);
  try {
    await (name === 'export' ? exportTo(file, archive) : importFrom(file, archive));
  } finally {
    await archive.close();
  }
}

function parseCommand(args: string[]): Command {
  const { positionals, values } = parseWords(args, { from: { type: 'string' }, to: { type: 'string' } });
  const [name] = positionals;
  if (name === 'export' && values.to) return { name, file: values.to };
  if (name === 'import' && values.from) return { name, file: values.from };
  throw new UsageError('say `export --to <file>` or `import --from <file>`; see --help');
}

/** The file appears when it is whole: half a backup must not look like one. */
async function exportTo(file: string, archive: EventLogArchive): Promise<void> {
  const draft = `${file}.part`;
  const progress = new Progress('exported');
  try {
    await pipeline(lines(progress.count(archive.events())), createWriteStream(draft, { flush: true }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  progress.done();
}

async function* lines(events: AsyncIterable<CloudEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}

async function importFrom(file: string, archive: EventLogArchive): Promise<void> {
  // Every line is looked at before the first is sent.
  for await (const _ of eventsIn(file));
  const progress = new Progress('read');
  const appended = await archive.import(progress.count(eventsIn(file)));
  progress.done();
  print(`${appended} of them are new in the log`);
}

async function* eventsIn(file: string): AsyncGenerator<CloudEvent> {
  await (await open(file)).close();
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    try {
      yield parseEvent(Buffer.from(line));
    } catch (error) {
      throw new UsageError(`${file}, line ${number}: ${(error as Error).message}`);
    }
  }
}

/** Says now and then how far it is. */
class Progress {
  private total = 0;

  constructor(private readonly verb: string) {}

  async *count<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const item of items) {
      this.total += 1;
      if (this.total % 10_000 === 0) print(`${this.verb} ${this.total} events`);
      yield item;
    }
  }

  done(): void {
    print(`${this.verb} ${this.total} events in all`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`event-log: ${explain(error, OtherLogError, EnvironmentError)}\n`);
  process.exitCode = 1;
});

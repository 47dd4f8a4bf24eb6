import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { EnvironmentError } from '#service';
import { collectBacklog } from './backlog/collect.js';
import { table } from './backlog/table.js';

const help = `Shows what waits, and where: every outbox, queue and retry queue, dead letters, comments without a verdict.

  npm run backlog              one table
  npm run backlog -- --json    the same as JSON: an array of rows
  npm run backlog -- --help    this text

RABBITMQ_URL says which RabbitMQ (amqp://localhost:5672 when it is not set), RETRY_DELAYS which retry queues it has. The
services are found by their announcements, and at POSTS_URLS, COMMENTS_URLS, QUERY_URLS and MODERATION_URLS; where a
service is not heard of and not listed, on its usual port of this machine. What cannot be reached says so in its row.
docs/operations.md tells what each row means, and what to do.`;

/** What the user has to change. */
class UsageError extends Error {}

async function main(args: string[]): Promise<void> {
  const { help: wantsHelp, json } = parse(args);
  if (wantsHelp) return print(help);
  // Only what was asked for goes to stdout.
  Logger.overrideLogger(false);
  const rows = await collectBacklog(process.env);
  print(json ? JSON.stringify(rows, null, 2) : table(rows));
}

function parse(args: string[]): { help?: boolean; json?: boolean } {
  try {
    return parseArgs({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}; see --help`);
  }
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Mistakes of the user are one line; anything else is a bug and shows where it is. */
const explain = (error: unknown): string => {
  if (error instanceof UsageError || error instanceof EnvironmentError) return error.message;
  return error instanceof Error ? String(error.stack) : String(error);
};

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`backlog: ${explain(error)}\n`);
  process.exitCode = 1;
});

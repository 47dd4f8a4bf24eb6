import { Logger } from '@nestjs/common';
import { EnvironmentError } from '#service';
import { collectBacklog } from './backlog/collect.js';
import { table } from './backlog/table.js';
import { explain, parseOptions, print } from './lib/command-line.js';

const help = `Shows what waits, and where: every outbox, queue and retry queue, dead letters, comments without a verdict.

  npm run backlog              one table
  npm run backlog -- --json    the same as JSON: an array of rows
  npm run backlog -- --help    this text

RABBITMQ_URL says which RabbitMQ (amqp://localhost:5672 when it is not set), RETRY_DELAYS which retry queues it has. The
services are found by their announcements, and at POSTS_URLS, COMMENTS_URLS, QUERY_URLS and MODERATION_URLS; where a
service is not heard of and not listed, on its usual port of this machine. What cannot be reached says so in its row.
docs/operations.md tells what each row means, and what to do.`;

async function main(args: string[]): Promise<void> {
  const { help: wantsHelp, json } = parseOptions(args, {
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (wantsHelp) return print(help);
  // Only what was asked for goes to stdout.
  Logger.overrideLogger(false);
  const rows = await collectBacklog(process.env);
  print(json ? JSON.stringify(rows, null, 2) : table(rows));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`backlog: ${explain(error, EnvironmentError)}\n`);
  process.exitCode = 1;
});

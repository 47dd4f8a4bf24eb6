import 'reflect-metadata';
import { sqliteFileOf } from '#database';
import { EnvironmentError, parseEnv, serviceEnv } from '#service';
import {
  RebuildError,
  removeScratchAtSignals,
  restoreSnapshot,
  takeSnapshot,
} from '../apps/query/src/rebuild/index.js';
import { explain, parseOptions, print, UsageError } from './lib/command-line.js';

const help = `Takes a snapshot of query's read model, or starts a new copy of query from one. A new copy needs that when the
event log no longer reaches back to its beginning.

  npm run query:snapshot -- --to FILE        write the read model of a running copy into FILE, as of one event
  npm run query:snapshot -- --restore FILE   make FILE the database of a copy that is not there yet, if it can go on from it
  npm run query:snapshot -- --help           this text

DATABASE_URL says which read model: to take it from, or where to put it (sqlite:.data/query.db when it is not set).
RABBITMQ_URL says where the event log is (amqp://localhost:5672 when it is not set); --to does not need it.`;

const options = {
  to: { type: 'string' },
  restore: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function main(args: string[]): Promise<void> {
  const { to, restore, help: wantsHelp } = parseOptions(args, options);
  if (wantsHelp) return print(help);
  if ((to === undefined) === (restore === undefined))
    throw new UsageError('say --to FILE or --restore FILE; see --help');
  const env = parseEnv(serviceEnv('query'), process.env);
  const file = sqliteFileOf(env.DATABASE_URL);
  if (to) {
    const { offset } = await takeSnapshot(env, to);
    return print(`${to} holds the read model of ${file} as of offset ${offset} of the event log.`);
  }
  removeScratchAtSignals(file);
  const { offset } = await restoreSnapshot(env, restore!);
  print(`${file} stands at offset ${offset}, which the event log holds: query can be started.`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`query:snapshot: ${explain(error, RebuildError, EnvironmentError)}\n`);
  process.exitCode = 1;
});

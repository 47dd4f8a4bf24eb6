// @ts-check
import { parseArgs } from 'node:util';
import { isPostgres } from '../../scripts/lib/database-urls.mjs';
import { UserError } from '../../scripts/lib/errors.mjs';

/** @typedef {{ help: boolean, seconds: number, clients: number, postgres: boolean, database?: string, verbose: boolean }} BenchOptions */

/**
 * @param {string[]} args
 * @returns {BenchOptions}
 */
export function parseBenchOptions(args) {
  const { help, seconds, clients, postgres, database, verbose } = parse(args);
  if (database !== undefined && !isPostgres(database)) {
    throw new UserError(
      `--database ${database}: takes the URL of a PostgreSQL server, such as postgres://me@localhost:5432.`,
    );
  }
  return {
    help,
    postgres,
    database,
    verbose,
    seconds: number('seconds', seconds),
    clients: number('clients', clients),
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      strict: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        seconds: { type: 'string', default: '10' },
        clients: { type: 'string', default: '16' },
        postgres: { type: 'boolean', default: false },
        database: { type: 'string' },
        verbose: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const [problem] = String(error instanceof Error ? error.message : error).split('. ');
    throw new UserError(`${problem}. See \`npm run bench:copies -- --help\`.`);
  }
}

/** @param {string} name @param {string} text */
function number(name, text) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 3600) return value;
  throw new UserError(`--${name} ${text}: must be a whole number from 1 to 3600.`);
}

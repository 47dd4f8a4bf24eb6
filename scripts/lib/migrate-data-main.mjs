// @ts-check
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { databaseOn } from './database-urls.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { parseMigrateOptions } from './migrate-data-options.mjs';
import { StopRequested, StopSignals } from './stop-signals.mjs';
import { Terminal } from './terminal.mjs';

const help = `Moves the data of posts, comments or moderation from an SQLite file to a PostgreSQL database. Stop the service first.

  npm run migrate:data -- --service comments --from sqlite:.data/comments.db --to postgres://user@host:5432/comments
  npm run migrate:data -- … --dry-run     says what would be moved and what stands in the way, and changes nothing
  npm run migrate:data -- … --verify      compares both again, and changes nothing
  npm run migrate:data -- --service comments --from sqlite:.data/comments.db --release
                                          goes back to the file: services may write to it again
  npm run migrate:data -- --help          this text

The target is an empty database. Interrupted at any point, the same command goes on where it was. From the beginning of the
move on nobody can write to the file, and no service starts on it; nor on the target before the end. The last thing is a
table with the number of rows and a checksum of every table here and there; exit code 1 says that they differ.

Instead of --to: DATABASE_URL, which other users of this machine cannot read, unlike the command line. As for npm start, it
may name the server alone (postgres://user:password@host:5432): the database is then the one with the service's name.`;

/**
 * `npm run migrate:data`, with its arguments; ends the process.
 * @param {string[]} args
 */
export async function main(args) {
  const terminal = new Terminal();
  const { stop } = new StopSignals();
  const root = fileURLToPath(new URL('../..', import.meta.url));
  try {
    const options = parseMigrateOptions(args);
    if (options === 'help') return console.log(help);
    await ensureDependencies({ root, terminal, signal: stop });
    await build({ root, terminal, signal: stop });
    process.exit(await runIn(root, options));
  } catch (error) {
    if (!(error instanceof StopRequested)) terminal.error(error);
    process.exit(error instanceof StopRequested ? 130 : 1);
  }
}

/**
 * @param {string} root
 * @param {import('./migrate-data-options.mjs').MigrateOptions} options
 * @returns {Promise<number>} the exit code
 */
function runIn(root, { service, rest }) {
  const { DATABASE_URL: databaseUrl } = process.env;
  const child = spawn(process.execPath, [join(root, 'dist', 'apps', service, 'src', 'migrate-data.js'), ...rest], {
    stdio: 'inherit',
    env: { ...process.env, ...(databaseUrl && { DATABASE_URL: databaseOn(databaseUrl, service) }) },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code ?? 130));
  });
}

// @ts-check
import { fileURLToPath } from 'node:url';
import { StopRequested, StopSignals } from './stop-signals.mjs';
import { Terminal } from './terminal.mjs';
import { testCommand } from './test-command.mjs';
import { totalsLine } from './test-totals.mjs';

const help = `Runs every check and every test of Parley, on a machine that needs to have nothing but Node.

  npm test                                 everything
  npm test -- libs/messaging -t retries    arguments go on to vitest: which files, which tests
  npm test -- --help                       this text

In this order: dependencies (npm ci, when package-lock.json has changed), the static checks (format, lint, types,
boundaries, unused), the build, a RabbitMQ of its own on free ports and in a temporary directory (the one installed here,
else Docker, else as root on Debian and Ubuntu installed now), a PostgreSQL of its own (the one installed here, else as root
on Debian and Ubuntu installed now), a Chromium for the browser test (likewise), then vitest, which runs the end-to-end
tests on SQLite and those of posts, comments and moderation on PostgreSQL as well.
The last line has the totals: static checks that fail are counted as failed.

Environment  PARLEY_CHROMIUM    the browser to use
             TEST_POSTGRES_URL  superuser of a PostgreSQL to use, for databases that tests make and drop
             NO_COLOR           no colours

A single test while working on it: npx vitest run <file>`;

/**
 * `npm test`, with its arguments; ends the process.
 * @param {string[]} args
 */
export async function main(args) {
  if (args.includes('--help') || args.includes('-h')) return console.log(help);
  const terminal = new Terminal();
  const signals = new StopSignals();
  signals.force.addEventListener('abort', () => process.exit(130));
  const root = fileURLToPath(new URL('../..', import.meta.url));
  try {
    const totals = await testCommand({ root, terminal, signal: signals.stop, env: process.env, args });
    terminal.line(totalsLine(totals));
    process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);
  } catch (error) {
    if (error instanceof StopRequested) process.exit(130);
    terminal.error(error);
    terminal.line(totalsLine({ passed: 0, failed: 1, skipped: 0 }));
    process.exit(1);
  }
}

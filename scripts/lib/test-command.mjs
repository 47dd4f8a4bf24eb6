// @ts-check
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provisionBroker } from './broker.mjs';
import { build } from './build.mjs';
import { provisionChromium } from './chromium.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { UserError } from './errors.mjs';
import { provisionPostgres } from './postgres.mjs';
import { runStaticChecks } from './static-checks.mjs';
import { startTestServers } from './test-servers.mjs';
import { totalsOf } from './test-totals.mjs';

/** @import { Terminal } from './terminal.mjs' */
/** @import { Totals } from './test-totals.mjs' */
/** @typedef {{ root: string, terminal: Terminal, signal: AbortSignal, env: NodeJS.ProcessEnv, args: string[] }} TestContext */

/**
 * Everything `npm test` does.
 * @param {TestContext} context
 * @returns {Promise<Totals>}
 */
export async function testCommand(context) {
  const { root, terminal, signal, env } = context;
  await ensureDependencies({ root, terminal, signal });
  const failedChecks = await runStaticChecks({ root, terminal, signal });
  await build({ root, terminal, signal });
  const browser = await browserSettings(context);
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  try {
    // What tests put into the directory for temporary files goes away with ours, even if they are interrupted.
    const settings = { TMPDIR: dir, ...browser, ...(!terminal.colour && !env.FORCE_COLOR && { NO_COLOR: '1' }) };
    const totals = await withServers(dir, context, (servers) =>
      runVitest(join(dir, 'report.json'), { ...context, env: { ...env, ...settings, ...servers } }),
    );
    signal.throwIfAborted();
    if (failedChecks.length > 0) terminal.warn(`Static checks failed: ${failedChecks.join(', ')}`);
    return { ...totals, failed: totals.failed + failedChecks.length };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** @param {TestContext} context @returns {Promise<Record<string, string>>} what the browser test goes by */
async function browserSettings({ terminal, signal, env }) {
  const chromium = await provisionChromium({ terminal, signal, env });
  if ('path' in chromium) return { PARLEY_CHROMIUM: chromium.path };
  terminal.warn(`The browser test is left out: ${chromium.missing}.`);
  return { PARLEY_CHROMIUM: '', PARLEY_CHROMIUM_MISSING: chromium.missing };
}

/**
 * @template Result
 * @param {string} dir
 * @param {TestContext} context
 * @param {(settings: Record<string, string>) => Promise<Result>} use
 */
async function withServers(dir, { terminal, signal, env }, use) {
  const means = env.TEST_RABBITMQ_URL ? undefined : await provisionBroker({ terminal, signal });
  const programs = env.TEST_POSTGRES_URL ? undefined : await provisionPostgres({ terminal, signal });
  const step = terminal.step('Starting a RabbitMQ and a PostgreSQL for the tests');
  const starting = startTestServers({ dir, env, means, programs, signal });
  const servers = await starting.finally(() => step.drop());
  try {
    return await use(servers.env);
  } finally {
    await servers.close();
  }
}

/**
 * @param {string} reportFile
 * @param {TestContext} context
 */
async function runVitest(reportFile, { root, signal, env, args }) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  const forward = () => child.kill('SIGTERM');
  signal.addEventListener('abort', forward, { once: true });
  await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
  signal.removeEventListener('abort', forward);
  signal.throwIfAborted();
  const report = await readFile(reportFile, 'utf8').catch((cause) => {
    throw new UserError('vitest ended without a report: see above.', { cause });
  });
  return totalsOf(JSON.parse(report));
}

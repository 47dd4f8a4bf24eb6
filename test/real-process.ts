import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppName } from '#contracts';
import { freePort, HttpClient, waitFor } from '#testing';

const root = fileURLToPath(new URL('..', import.meta.url));

/** One built process, started with a port and nothing else that says who else there is. Needs `npm run build` before. */
export class RealProcess {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly name: AppName,
    readonly port: number,
    private readonly env: Record<string, string>,
  ) {}

  /** @param env at least RABBITMQ_URL, and DATABASE_URL where there is a database */
  static async start(name: AppName, env: Record<string, string>): Promise<RealProcess> {
    const one = new RealProcess(name, await freePort(), env);
    await one.start();
    return one;
  }

  get http(): HttpClient {
    return new HttpClient(`http://127.0.0.1:${this.port}`);
  }

  /** Starts it, again on the same port after it ended, and waits until it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [join(root, 'dist/apps', this.name, 'src/main.js')], {
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', LOG_FORMAT: 'json', ...this.env, PORT: String(this.port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (this.output += String(data)));
    await waitFor(
      async () => {
        if (child.exitCode !== null) throw new Error(this.output);
        return (await this.http.get('/health/ready')).status === 200;
      },
      { what: `${this.name} to be ready`, timeout: 40_000 },
    );
  }

  /** Sends `signal` and waits for the end. @returns the exit code; null of one that was killed */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode;
  }
}

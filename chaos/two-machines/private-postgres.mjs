// @ts-check
import { spawn } from 'node:child_process';
import { appendFile, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { succeeds } from '../../scripts/lib/run-command.mjs';
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
const bin = '/usr/lib/postgresql/15/bin';
/** @param {{ dir: string, host: string }} o */
export async function startPrivatePostgres({ dir, host }) {
  await mkdir(dir, { recursive: true });
  await chown(dir, 65534, 65534);
  await (await import('node:fs/promises')).chmod(join(dir, '..'), 0o755);
  const data = join(dir, 'data');
  const id = { uid: 65534, gid: 65534 };
  await new Promise((ok, no) =>
    spawn(`${bin}/initdb`, ['-D', data, '-U', 'parley', '-A', 'trust', '-N'], { ...id, stdio: 'ignore' }).once(
      'exit',
      (c) => (c === 0 ? ok(0) : no(new Error('initdb ' + c))),
    ),
  );
  await appendFile(join(data, 'pg_hba.conf'), `host all all ${host}/24 trust\n`);
  const [port = 0] = await freePorts(1);
  const child = spawn(`${bin}/postgres`, ['-D', data, '-h', host, '-p', String(port), '-k', dir], {
    ...id,
    stdio: 'ignore',
  });
  const gone = new Promise((ok) => child.once('exit', ok));
  await waitFor(() => succeeds(`${bin}/pg_isready`, ['-h', host, '-p', String(port)]), { timeoutMs: 20000 });
  return {
    url: `postgres://parley@${host}:${port}`,
    close: async () => {
      child.kill('SIGINT');
      await gone;
    },
  };
}

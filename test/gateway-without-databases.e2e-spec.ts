import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/apps/gateway/src/main.js', import.meta.url));

const module = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;
/** Makes Node act as if the databases' drivers were not installed. */
const withoutDrivers = module(`
  import { register } from 'node:module';
  register(${JSON.stringify(
    module(`export function resolve(name, context, next) {
      if (name === 'better-sqlite3' || name === 'pg') throw new Error('nobody has installed ' + name);
      return next(name, context);
    }`),
  )});`);

it('the gateway starts where no database driver is installed, as in its image', async () => {
  // It gets as far as reading its environment, which comes after all modules are loaded.
  const starting = promisify(execFile)(process.execPath, ['--import', withoutDrivers, main], { env: { PORT: 'none' } });
  await expect(starting).rejects.toMatchObject({ stderr: expect.stringContaining('PORT: must be a port') as string });
});

import type { Schema } from '../schema.js';

/**
 * The command that moves a service's data from SQLite to PostgreSQL; sets the exit code. Loaded only when it is called: it
 * needs the databases' drivers themselves, which the gateway's image does not have.
 *
 * @param args of the command line; see `npm run migrate:data -- --help`
 */
export async function runMoveCommand(schema: Schema, args: string[]): Promise<void> {
  const { moveCommand } = await import('./move-command.js');
  await moveCommand(schema, args);
}

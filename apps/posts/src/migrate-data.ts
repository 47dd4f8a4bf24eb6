import { runMoveCommand } from '#database';
import { postsSchema } from './schema.js';

await runMoveCommand(postsSchema, process.argv.slice(2));

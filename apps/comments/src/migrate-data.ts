import { runMoveCommand } from '#database';
import { commentsSchema } from './schema.js';

await runMoveCommand(commentsSchema, process.argv.slice(2));

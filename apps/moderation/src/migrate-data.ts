import { runMoveCommand } from '#database';
import { moderationSchema } from './schema.js';

await runMoveCommand(moderationSchema, process.argv.slice(2));

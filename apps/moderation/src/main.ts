import { runApp } from '#service';
import { moderation } from './app.js';

await runApp(moderation);

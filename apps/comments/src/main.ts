import { runApp } from '#service';
import { comments } from './app.js';

await runApp(comments);

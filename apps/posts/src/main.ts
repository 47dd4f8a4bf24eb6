import { runApp } from '#service';
import { posts } from './app.js';

await runApp(posts);

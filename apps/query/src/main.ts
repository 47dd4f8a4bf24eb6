import { runApp } from '#service';
import { query } from './app.js';

await runApp(query);

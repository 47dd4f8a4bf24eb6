import { runApp } from '#service';
import { gateway } from './app.js';

await runApp(gateway);

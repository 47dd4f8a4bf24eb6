// @ts-check
// `npm run migrate:data`: a service's data from SQLite to PostgreSQL. Everything else is imported once Node is known to be
// new enough: an older one could not even load it.
import { requireSupportedNode } from './lib/node-version.mjs';

requireSupportedNode(new URL('../package.json', import.meta.url));
const { main } = await import('./lib/migrate-data-main.mjs');
await main(process.argv.slice(2));

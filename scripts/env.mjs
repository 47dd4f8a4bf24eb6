// @ts-check
// `npm run env`: a .env with good passwords for docker-compose.yml. Everything else is imported once Node is known to be
// new enough: an older one could not even load it.
import { requireSupportedNode } from './lib/node-version.mjs';

requireSupportedNode(new URL('../package.json', import.meta.url));
const { main } = await import('./lib/env-main.mjs');
await main(process.argv.slice(2));

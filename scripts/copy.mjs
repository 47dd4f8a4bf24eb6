// @ts-check
// `npm run copy`: one more copy of a service, joined to a system that runs. Everything else is imported once Node is
// known to be new enough: an older one could not even load it.
import { requireSupportedNode } from './lib/node-version.mjs';

requireSupportedNode(new URL('../package.json', import.meta.url));
const { main } = await import('./lib/copy-main.mjs');
await main(process.argv.slice(2));

// @ts-check
// `npm run chaos`: the whole system under load and under fire, and whether every promise was kept.
import { main } from './rounds/main.mjs';

await main(process.argv.slice(2));

// @ts-check
// `npm run bench:copies`: copies of a service under load, added, killed and asked to leave.
import { main } from './copies/main.mjs';

await main(process.argv.slice(2));

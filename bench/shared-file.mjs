// @ts-check
// `npm run bench:shared-file`: processes that share one SQLite file, all writing as fast as they can.
import { main } from './shared-file/main.mjs';

await main(process.argv.slice(2));

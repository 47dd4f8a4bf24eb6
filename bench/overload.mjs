// @ts-check
// `npm run bench:overload`: several times as many requests as can be answered.
import { main } from './overload/main.mjs';

await main(process.argv.slice(2));

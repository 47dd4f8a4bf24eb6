// @ts-check
// `npm run chaos:two-machines`: a system on one machine, a further copy on another, and the cable between them.
import { main } from './two-machines/main.mjs';

await main(process.argv.slice(2));

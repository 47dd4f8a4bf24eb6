import type { OpenDatabase } from '../temporary-database.js';
import { nesting } from './nesting.js';
import { run } from './run.js';
import { strays } from './strays.js';
import { timeout } from './timeout.js';

/** What a unit of work promises, whatever the database. */
export function unitOfWorkContract(open: OpenDatabase): void {
  run(open);
  nesting(open);
  strays(open);
  timeout(open);
}

import { createHash } from 'node:crypto';
import type { Value } from './moved-table.js';

/** What a table holds: equal on two databases exactly when it holds the same rows. */
export interface TableDigest {
  rows: number;
  /** SHA-256, in hex. */
  checksum: string;
}

/**
 * Sums up rows that come in the order of their keys: each as a JSON array of its values, a line each.
 */
export class DigestBuilder {
  private rows = 0;
  private readonly hash = createHash('sha256');

  add(row: Value[]): void {
    this.rows += 1;
    this.hash.update(`${JSON.stringify(row)}\n`);
  }

  /** Ends it. */
  digest(): TableDigest {
    return { rows: this.rows, checksum: this.hash.digest('hex') };
  }
}

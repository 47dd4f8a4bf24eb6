import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { sqliteFileOf } from '../database-url.js';
import type { Schema } from '../schema.js';
import { sqliteReaderOptions } from '../sqlite-data-sources.js';
import { MoveError } from './move-error.js';
import {
  type Kind,
  listed,
  type MovedColumn,
  type MovedTable,
  movedTables,
  quoted,
  type Value,
} from './moved-table.js';
import { MARK, type MoveMark } from './refusals.js';
import { DigestBuilder, type TableDigest } from './table-digest.js';

type Row = (string | bigint | null)[];

/** How long to wait for a service that writes, in milliseconds. */
const LOCK_TIMEOUT = 15_000;
const REFUSAL = 'the data of this file moves to another database';

/**
 * The SQLite file that rows are moved from. While it is frozen no one can write to it, not even a service that runs: each
 * table has triggers that refuse.
 */
export class MoveSource {
  private constructor(
    private readonly database: Database.Database,
    readonly tables: MovedTable[],
  ) {}

  /**
   * @param url `sqlite:<path>`
   * @throws MoveError when there is no such file
   */
  static async open(url: string, schema: Schema): Promise<MoveSource> {
    const file = sqliteFileOf(url);
    if (!existsSync(file)) throw new MoveError(`There is no file ${file}.`);
    const metadata = await new DataSource(sqliteReaderOptions(url, schema)).initialize();
    const tables = movedTables(metadata);
    await metadata.destroy();
    const database = new Database(file, { fileMustExist: true, timeout: LOCK_TIMEOUT });
    database.pragma('synchronous = FULL');
    database.defaultSafeIntegers();
    return new MoveSource(database, tables);
  }

  /** The move that it is frozen for, or was moved by. */
  mark(): MoveMark | undefined {
    return this.has(MARK) ? (this.database.prepare(`SELECT * FROM ${MARK}`).get() as MoveMark) : undefined;
  }

  /** Freezes it for a move. A service that runs cannot write from here on. */
  freeze(target: string): MoveMark {
    const mark = { id: randomUUID(), target, begunAt: new Date().toISOString(), finishedAt: null };
    this.exclusively(() => {
      this.database.exec(`CREATE TABLE ${MARK} (id text, target text, begunAt text, finishedAt text)`);
      this.database.prepare(`INSERT INTO ${MARK} VALUES (@id, @target, @begunAt, @finishedAt)`).run(mark);
      for (const [name, event, table] of this.triggers()) {
        this.database.exec(
          `CREATE TRIGGER ${name} BEFORE ${event} ON ${table} BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`,
        );
      }
    });
    return mark;
  }

  /** Marks the move as finished; the file stays frozen. */
  finish(): void {
    this.database.prepare(`UPDATE ${MARK} SET finishedAt = ? WHERE finishedAt IS NULL`).run(new Date().toISOString());
  }

  /** Lets services write to it again. */
  release(): void {
    this.exclusively(() => {
      for (const [name] of this.triggers()) this.database.exec(`DROP TRIGGER IF EXISTS ${name}`);
      this.database.exec(`DROP TABLE IF EXISTS ${MARK}`);
    });
  }

  count({ name }: MovedTable): number {
    const [count] = this.database
      .prepare(`SELECT count(*) FROM ${quoted(name)}`)
      .raw()
      .get() as [bigint];
    return Number(count);
  }

  /** The columns of text that hold what PostgreSQL cannot, as `table.column`. */
  withNul(): string[] {
    const texts = this.tables.flatMap(({ name, columns }) =>
      columns.filter(({ kind }) => kind === 'text').map((column) => ({ name, column })),
    );
    return texts
      .filter(({ name, column }) =>
        this.database.prepare(`SELECT 1 FROM ${quoted(name)} WHERE instr(${quoted(column.name)}, char(0)) > 0`).get(),
      )
      .map(({ name, column }) => `${name}.${column.name}`);
  }

  /**
   * The rows with the next keys, in their order.
   *
   * @param after the key of the last row that is had already
   */
  rowsAfter(table: MovedTable, after: Value[] | undefined, limit: number): Value[][] {
    const { name, columns, key } = table;
    const placeholders = key.map(() => '?').join(', ');
    const condition = after ? `WHERE (${listed(key)}) > (${placeholders})` : '';
    const rows = this.database
      .prepare(`SELECT ${listed(columns)} FROM ${quoted(name)} ${condition} ORDER BY ${listed(key)} LIMIT ${limit}`)
      .raw()
      .all(...(after ?? []).map((value, index) => bound(value, key[index]!.kind))) as Row[];
    return rows.map((row) => values(row, columns));
  }

  digest({ name, columns, key }: MovedTable): TableDigest {
    const builder = new DigestBuilder();
    const rows = this.database.prepare(`SELECT ${listed(columns)} FROM ${quoted(name)} ORDER BY ${listed(key)}`).raw();
    for (const row of rows.iterate()) builder.add(values(row as Row, columns));
    return builder.digest();
  }

  close(): void {
    this.database.close();
  }

  /** Name, event and table of the triggers that refuse writes, on every table there is. */
  private triggers(): [string, string, string][] {
    const names = this.database
      .prepare(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '${MARK}'`,
      )
      .raw()
      .all() as [string][];
    return names.flatMap(([table]) =>
      ['INSERT', 'UPDATE', 'DELETE'].map((event): [string, string, string] => [
        quoted(`${MARK}_${table}_${event.toLowerCase()}`),
        event,
        quoted(table),
      ]),
    );
  }

  private exclusively(change: () => void): void {
    this.database.transaction(change).immediate();
  }

  private has(table: string): boolean {
    return (
      this.database.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`).get(table) !== undefined
    );
  }
}

const values = (row: Row, columns: MovedColumn[]): Value[] =>
  row.map((value, index) => {
    if (value === null) return null;
    return columns[index]!.kind === 'boolean' ? value !== 0n : String(value);
  });

function bound(value: Value, kind: Kind): string | bigint | null {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return kind === 'integer' && value !== null ? BigInt(value) : value;
}

import { Client } from 'pg';
import { withoutPassword } from '../database-url.js';
import { MoveError } from './move-error.js';
import { type Kind, listed, type MovedColumn, type MovedTable, quoted, type Value } from './moved-table.js';
import { MARK } from './refusals.js';
import { DigestBuilder, type TableDigest } from './table-digest.js';

/** How far a table has come. */
export interface TableProgress {
  /** The key of the last row that was copied. */
  after: Value[] | undefined;
  rows: number;
}

type Row = (string | null)[];

/** Name of the advisory lock of a move: a number that nothing else in the database uses. */
const MOVE_LOCK = 7_275_360;
const FETCH = 2_000;
const arrayTypes: Record<Kind, string> = { text: 'text[]', integer: 'int8[]', boolean: 'bool[]' };

/** The PostgreSQL database that rows are moved to. What it has copied so far is in a table of its own, until the end. */
export class MoveTarget {
  private constructor(private readonly client: Client) {}

  /** @throws MoveError when it cannot be reached, or another move is at work on it */
  static async open(url: string): Promise<MoveTarget> {
    const client = new Client({
      connectionString: url,
      application_name: 'parley migrate:data',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      // Every value as the text that PostgreSQL sends: no number loses digits.
      types: { getTypeParser: () => (text: string) => text },
    });
    // The statement that runs says so, too.
    client.on('error', () => undefined);
    await client.connect().catch((cause: Error) => {
      throw new MoveError(`${withoutPassword(url)} cannot be reached: ${cause.message || String(cause)}.`, { cause });
    });
    const target = new MoveTarget(client);
    const [[locked]] = (await target.rows(`SELECT pg_try_advisory_lock(${MOVE_LOCK})`)) as [[string]];
    if (locked === 't') return target;
    await client.end();
    throw new MoveError('Another migrate:data is at work on the target: wait for its end.');
  }

  /** The id of the move that is going on, if one is. */
  async moveId(): Promise<string | undefined> {
    if (!(await this.has(MARK))) return undefined;
    const [row] = await this.rows(`SELECT "moveId" FROM ${MARK} LIMIT 1`);
    return row?.[0] ?? undefined;
  }

  /** Notes that a move goes on. */
  async begin(moveId: string, tables: MovedTable[]): Promise<void> {
    await this.atomically(async () => {
      const columns = '"moveId" text NOT NULL, "table" text PRIMARY KEY, "after" text, "rows" bigint NOT NULL';
      await this.client.query(`CREATE TABLE ${MARK} (${columns})`);
      const insert = `INSERT INTO ${MARK} SELECT $1, name, NULL, 0 FROM unnest($2::text[]) AS name`;
      await this.client.query(insert, [moveId, tables.map(({ name }) => name)]);
    });
  }

  /** Forgets the move: the database can be used. */
  async end(): Promise<void> {
    await this.client.query(`DROP TABLE ${MARK}`);
  }

  /** The tables that have rows. */
  async filled(tables: MovedTable[]): Promise<string[]> {
    const filled: string[] = [];
    for (const { name } of tables) {
      if (!(await this.has(quoted(name)))) continue;
      if ((await this.rows(`SELECT 1 FROM ${quoted(name)} LIMIT 1`)).length > 0) filled.push(name);
    }
    return filled;
  }

  async progress({ name }: MovedTable): Promise<TableProgress> {
    const [row] = await this.rows(`SELECT "after", "rows" FROM ${MARK} WHERE "table" = $1`, [name]);
    const after = row?.[0];
    return { after: after ? (JSON.parse(after) as Value[]) : undefined, rows: Number(row?.[1] ?? 0) };
  }

  /** Stores rows, and in the same transaction how far the table has come. */
  async append({ name, columns }: MovedTable, rows: Value[][], progress: TableProgress): Promise<void> {
    const arrays = columns.map(({ kind }, index) => `$${index + 1}::${arrayTypes[kind]}`).join(', ');
    const insert = `INSERT INTO ${quoted(name)} (${listed(columns)}) SELECT * FROM unnest(${arrays})`;
    await this.atomically(async () => {
      await this.client.query(
        insert,
        columns.map((_, index) => rows.map((row) => row[index]!)),
      );
      const note = `UPDATE ${MARK} SET "after" = $1, "rows" = $2 WHERE "table" = $3`;
      await this.client.query(note, [JSON.stringify(progress.after), progress.rows, name]);
    });
  }

  /** Lets the database count on from the highest number. */
  async countOn({ name, columns }: MovedTable): Promise<void> {
    for (const { name: column } of columns.filter(({ counted }) => counted)) {
      const sequence = `pg_get_serial_sequence('${quoted(name)}', '${column}')`;
      await this.client.query(
        `SELECT setval(${sequence}, max(${quoted(column)})) FROM ${quoted(name)} HAVING max(${quoted(column)}) IS NOT NULL`,
      );
    }
  }

  async digest({ name, columns, key }: MovedTable): Promise<TableDigest> {
    const builder = new DigestBuilder();
    // In the order of the bytes, as SQLite has it, whatever the locale of the database.
    const order = key.map((column) => quoted(column.name) + (column.kind === 'text' ? ' COLLATE "C"' : '')).join(', ');
    await this.atomically(async () => {
      await this.client.query(
        `DECLARE every NO SCROLL CURSOR FOR SELECT ${listed(columns)} FROM ${quoted(name)} ORDER BY ${order}`,
      );
      for (let rows: Row[]; (rows = await this.rows(`FETCH ${FETCH} FROM every`)).length > 0;) {
        for (const row of rows) builder.add(values(row, columns));
      }
    });
    return builder.digest();
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async atomically(work: () => Promise<void>): Promise<void> {
    await this.client.query('BEGIN');
    try {
      await work();
      await this.client.query('COMMIT');
    } catch (error) {
      await this.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  private async rows(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>({ text, values: parameters, rowMode: 'array' })).rows;
  }

  private async has(table: string): Promise<boolean> {
    const [row] = await this.rows('SELECT to_regclass($1)', [table]);
    return row?.[0] != null;
  }
}

const values = (row: Row, columns: MovedColumn[]): Value[] =>
  row.map((value, index) => (columns[index]!.kind === 'boolean' && value !== null ? value === 't' : value));

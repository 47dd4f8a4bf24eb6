import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { RebuildError } from './rebuild-error.js';

/** Where in the event log a read model stands: the last event that it has applied. */
export interface Position {
  /** -1 before the first event. */
  offset: number;
  eventId: string;
}

/** A table that the event log determines, row by row. */
export interface ProjectedTable {
  name: string;
  columns: string[];
  /** The column of the primary key. */
  key: string;
}

/** How long to wait for a lock, in milliseconds. */
const LOCK_TIMEOUT = 5_000;
/** What says something about a read model and is not part of it. */
const OTHER_TABLES = ['migrations', 'log_position'];

/** The SQLite file of a read model, whoever else has it open: what it holds, and where it stands. */
export class ReadModelFile {
  private constructor(
    readonly file: string,
    /** A connection of its own. */
    readonly connection: Database.Database,
  ) {}

  /** @throws RebuildError when there is no such file, or it holds no read model */
  static open(file: string, { readonly = true } = {}): ReadModelFile {
    if (!existsSync(file)) throw new RebuildError(`there is no read model at ${file}; see DATABASE_URL in --help`);
    let connection: Database.Database | undefined;
    try {
      connection = new Database(file, { readonly, fileMustExist: true, timeout: LOCK_TIMEOUT });
      if (!readonly) connection.pragma('synchronous = FULL');
      const held = connection.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'log_position'`).get();
      if (!held) throw new RebuildError(`${file} is a database, but not one of query`);
      return new ReadModelFile(file, connection);
    } catch (error) {
      connection?.close();
      throw error instanceof RebuildError ? error : new RebuildError(`cannot read ${file}: ${String(error)}`);
    }
  }

  close(): void {
    this.connection.close();
  }

  position(): Position {
    const row = this.connection.prepare('SELECT "offset", eventId FROM log_position').get();
    return (row as Position | undefined) ?? { offset: -1, eventId: '' };
  }

  /** @throws RebuildError when pages of the file are damaged */
  checkIntegrity(): void {
    const found = this.connection.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw new RebuildError(`${this.file} is damaged: ${String(found)}`);
  }

  /** The names of the migrations that made its tables, in order. */
  migrations(): string[] {
    return this.connection.prepare('SELECT name FROM migrations ORDER BY timestamp').pluck().all() as string[];
  }

  tables(): ProjectedTable[] {
    const names = this.connection
      .prepare(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name`,
      )
      .pluck()
      .all() as string[];
    return names.filter((name) => !OTHER_TABLES.includes(name)).map((name) => this.table(name));
  }

  /** All rows in the order of their keys, with their values in the order of the columns. */
  rows({ name, columns, key }: ProjectedTable): IterableIterator<unknown[]> {
    const listed = columns.map((column) => `"${column}"`).join(', ');
    const rows = this.connection.prepare(`SELECT ${listed} FROM "${name}" ORDER BY "${key}"`).raw();
    return rows.iterate() as IterableIterator<unknown[]>;
  }

  /** Sees the file as it is now for as long as `work` takes, whatever is written meanwhile. */
  async inSnapshot<T>(work: () => Promise<T>): Promise<T> {
    this.connection.exec('BEGIN');
    try {
      return await work();
    } finally {
      this.connection.exec('COMMIT');
    }
  }

  /** Writes what is committed now into a file of its own, which appears when it is whole. Replaces what was there. */
  async copyTo(target: string): Promise<void> {
    const draft = `${target}.part`;
    await rm(draft, { force: true });
    try {
      this.connection.prepare('VACUUM INTO ?').run(draft);
      await synced(draft);
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw new RebuildError(`cannot write ${target}: ${String(error)}`);
    }
  }

  private table(name: string): ProjectedTable {
    const columns = this.connection.pragma(`table_info("${name}")`) as { name: string; pk: number }[];
    const [key, ...others] = columns.filter(({ pk }) => pk > 0);
    if (!key || others.length > 0) throw new Error(`the table ${name} needs a key of one column to be compared`);
    return { name, columns: columns.map((column) => column.name), key: key.name };
  }
}

/** Makes sure that a file is on the disk. */
export async function synced(file: string): Promise<void> {
  const handle = await open(file);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

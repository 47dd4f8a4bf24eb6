import type { DataSource } from 'typeorm';

/** The table in which both databases of a move say so. */
export const MARK = 'data_move';

/** A move of a file's rows, as the file says itself. */
export interface MoveMark {
  id: string;
  /** The URL of the database that they move to, without a password. */
  target: string;
  begunAt: string;
  /** Null while it goes on. */
  finishedAt: string | null;
}

/** @throws Error when the SQLite file of `writer` was moved, or is being moved, to another database */
export async function refuseMovedSource(writer: DataSource): Promise<void> {
  const found = await writer.query<unknown[]>(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '${MARK}'`);
  if (found.length === 0) return;
  const [mark] = await writer.query<MoveMark[]>(`SELECT * FROM ${MARK}`);
  throw new Error(
    `the data of ${String(writer.options.database)} ${mark?.finishedAt ? 'was moved' : 'is being moved'} to ` +
      `${mark?.target}: set DATABASE_URL to that; npm run migrate:data with --release goes back to the file`,
  );
}

/** @throws Error while data is being moved into the PostgreSQL database of `writer` */
export async function refuseUnfinishedTarget(writer: DataSource): Promise<void> {
  const [found] = await writer.query<{ mark: string | null }[]>(`SELECT to_regclass('${MARK}')::text AS mark`);
  if (found?.mark == null) return;
  throw new Error('data is being moved into this database: run npm run migrate:data to its end first');
}

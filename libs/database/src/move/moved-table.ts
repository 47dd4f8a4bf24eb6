import type { DataSource, EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { Lease } from '../lease.entity.js';
import { MoveError } from './move-error.js';

/** The kinds of values that both databases hold alike. */
export type Kind = 'text' | 'integer' | 'boolean';

/** A value as both databases give it here: integers of any size as their digits. */
export type Value = string | boolean | null;

export interface MovedColumn {
  name: string;
  kind: Kind;
  /** Whether the database counts it up by itself. */
  counted: boolean;
}

/** A table whose rows are moved. */
export interface MovedTable {
  name: string;
  columns: MovedColumn[];
  /** The columns of the primary key. */
  key: MovedColumn[];
}

/** Says who does what at the moment: those who held it hold it no longer after a move. */
const transient: unknown[] = [Lease];

const kinds: Record<string, Kind> = {
  varchar: 'text',
  text: 'text',
  integer: 'integer',
  bigint: 'integer',
  boolean: 'boolean',
};

/**
 * The tables whose rows are moved: those of all entities, except what says who does what at the moment.
 *
 * @param source an open data source on SQLite
 * @throws MoveError when a column is of a type that it cannot move
 */
export const movedTables = (source: DataSource): MovedTable[] =>
  source.entityMetadatas
    .filter(({ target }) => !transient.includes(target))
    .map((entity) => movedTable(source, entity));

function movedTable(source: DataSource, { tableName, columns, primaryColumns }: EntityMetadata): MovedTable {
  const moved = columns.map((column) => movedColumn(source, tableName, column));
  const keyNames = new Set(primaryColumns.map(({ databaseName }) => databaseName));
  return { name: tableName, columns: moved, key: moved.filter(({ name }) => keyNames.has(name)) };
}

function movedColumn(source: DataSource, table: string, column: ColumnMetadata): MovedColumn {
  const type = source.driver.normalizeType(column);
  const kind = kinds[type];
  if (!kind) throw new MoveError(`${table}.${column.databaseName}: values of type ${type} cannot be moved.`);
  return { name: column.databaseName, kind, counted: column.isGenerated && column.generationStrategy === 'increment' };
}

/** A name in SQL, for both databases. */
export const quoted = (name: string): string => `"${name}"`;

/** A list of columns in SQL. */
export const listed = (columns: MovedColumn[]): string => columns.map(({ name }) => quoted(name)).join(', ');

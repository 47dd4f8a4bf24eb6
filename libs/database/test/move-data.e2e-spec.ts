import { rm } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import {
  Column,
  type DataSource,
  Entity,
  type MigrationInterface,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type QueryRunner,
  Table,
} from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWriter, type Schema } from '../src/index.js';
import {
  compareData,
  DifferentTablesError,
  isEqual,
  moveData,
  previewMove,
  releaseSource,
} from '../src/move/move-data.js';
import { MoveError } from '../src/move/move-error.js';
import { createPostgresDatabase } from './postgres-database.js';
import { temporaryFile } from './temporary-database.js';

@Entity('things')
class Thing {
  @PrimaryColumn('varchar', { length: 36 })
  owner: string;

  @PrimaryColumn('bigint')
  number: string;

  @Column('text')
  text: string;

  @Column('boolean', { nullable: true })
  shown: boolean | null;
}

@Entity('counted')
class Counted {
  @PrimaryGeneratedColumn('increment')
  id: number;

  @Column('text')
  text: string;
}

class CreateThings1790000000800 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'things',
        columns: [
          { name: 'owner', type: 'varchar', length: '36', isPrimary: true },
          { name: 'number', type: 'bigint', isPrimary: true },
          { name: 'text', type: 'text' },
          { name: 'shown', type: 'boolean', isNullable: true },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'counted',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'text', type: 'text' },
        ],
      }),
    );
  }

  down = (): Promise<void> => Promise.resolve();
}

const schema: Schema = { entities: [Thing, Counted], migrations: [CreateThings1790000000800] };

/** More than two batches, with what is hard to carry over. */
const awkward = ['', "'; DROP TABLE things; --", '"quoted" \\ {a,b} NULL', 'Grüße, 世界 👩‍👩‍👧\n\t', '\u{feff}é'];
const things: Thing[] = Array.from({ length: 5_000 }, (_, index) => ({
  owner: ['a', 'B', 'é', 'z', '-'][index % 5]!,
  number: String(index % 2 ? 9_007_199_254_740_993n + BigInt(index) : -BigInt(index)),
  text: `${awkward[index % awkward.length]}${index}`,
  shown: [true, false, null][index % 3]!,
}));

describe(moveData.name, () => {
  let file: Awaited<ReturnType<typeof temporaryFile>>;
  let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>;
  const opened: DataSource[] = [];
  const move = () => ({ schema, from: file.url, to: postgres.url });

  const open = async (url: string) => {
    const writer = await openWriter(url, schema);
    opened.push(writer);
    return writer;
  };
  const inFile = (sql: string, ...values: unknown[]) => {
    const database = new Database(file.file);
    try {
      return database.prepare(sql).run(...values);
    } finally {
      database.close();
    }
  };
  const inPostgres = async (sql: string) => {
    const client = new Client(postgres.url);
    await client.connect();
    return (await client.query(sql).finally(() => client.end())).rows as Record<string, unknown>[];
  };
  /** Moves until so many batches are stored. */
  const interruptAfter = async (batches: number) => {
    let stored = 0;
    const interrupt = () => {
      if (++stored === batches) throw new Error('interrupted');
    };
    await expect(moveData(move(), interrupt)).rejects.toThrow('interrupted');
  };

  beforeEach(async () => {
    file = await temporaryFile();
    postgres = await createPostgresDatabase();
    const writer = await openWriter(file.url, schema);
    await writer.query('BEGIN');
    for (let from = 0; from < things.length; from += 100)
      await writer.manager.insert(Thing, things.slice(from, from + 100));
    await writer.manager.insert(Counted, [{ text: 'one' }, { text: 'two' }]);
    await writer.query('COMMIT');
    await writer.destroy();
  });
  afterEach(async () => {
    for (const source of opened.splice(0)) await source.destroy();
    await postgres.remove();
    await file.remove();
  });

  it('moves every row with every value, and the database counts on', async () => {
    const compared = await moveData(move());
    expect(compared!.map((table) => [table.name, table.source.rows, isEqual(table)])).toEqual([
      ['things', 5_000, true],
      ['counted', 2, true],
    ]);
    const target = await open(postgres.url);
    const byKey = (one: Thing, other: Thing) => (one.owner + one.number < other.owner + other.number ? -1 : 1);
    expect((await target.manager.find(Thing)).toSorted(byKey)).toEqual(things.toSorted(byKey));
    await target.manager.insert(Counted, { text: 'three' });
    expect(await target.manager.findBy(Counted, { id: 3 })).toHaveLength(1);
  });

  it.each([1, 2, 3])('goes on after an interruption in batch %i, without doubling', async (batches) => {
    await interruptAfter(batches);
    await expect(openWriter(postgres.url, schema)).rejects.toThrow(/being moved into this database/);
    const compared = await moveData(move());
    expect(compared!.every(isEqual)).toBe(true);
    expect(await inPostgres('SELECT count(*)::int FROM things')).toEqual([{ count: 5_000 }]);
  });

  it('goes on after an interruption before the first row, and between the last two steps', async () => {
    await interruptAfter(1);
    // As if it had come no further than the source.
    await inPostgres('DROP TABLE data_move; DELETE FROM things');
    await interruptAfter(2);
    inFile(`UPDATE data_move SET "finishedAt" = '2026-01-01T00:00:00.000Z'`);
    expect((await moveData(move()))!.every(isEqual)).toBe(true);
    await expect(moveData(move())).resolves.toBeUndefined();
  });

  it.each([
    ['changed', `UPDATE things SET text = 'other' WHERE owner = 'a' AND number = 0`],
    ['missing', `DELETE FROM things WHERE owner = 'a' AND number = 0`],
    ['one too many', `INSERT INTO things VALUES ('new', 1, '', NULL)`],
  ])('names the table when a row of the target is %s', async (_, sql) => {
    await interruptAfter(3);
    await inPostgres(sql);
    const error = await moveData(move()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DifferentTablesError);
    expect((error as Error).message).toContain('differ in things:');
    expect((await compareData(move())).map(isEqual)).toEqual([false, true]);
    await expect(openWriter(postgres.url, schema)).rejects.toThrow(/being moved into this database/);
  });

  it('lets nobody write to the file from the beginning on, not even who has it open', async () => {
    const running = await open(file.url);
    await interruptAfter(1);
    await expect(running.manager.insert(Counted, { text: 'late' })).rejects.toThrow(/moves to another database/);
    await expect(running.query('UPDATE things SET text = 1')).rejects.toThrow(/moves to another database/);
    await expect(running.query('DELETE FROM things')).rejects.toThrow(/moves to another database/);
    await expect(openWriter(file.url, schema)).rejects.toThrow(/is being moved to postgres:.*set DATABASE_URL/);
    await moveData(move());
    await expect(openWriter(file.url, schema)).rejects.toThrow(/was moved to postgres:/);
  });

  it('moves what was written last, and nothing of what is refused', async () => {
    const running = await open(file.url);
    await running.manager.insert(Counted, { text: 'just before' });
    expect((await moveData(move()))!.map(({ target }) => target.rows)).toEqual([5_000, 3]);
  });

  it('goes back to the file, and does not go on with what was copied before', async () => {
    await interruptAfter(1);
    await releaseSource(move());
    const running = await open(file.url);
    await running.manager.insert(Counted, { text: 'back' });
    await expect(moveData(move())).rejects.toThrow(/make the target anew/);
    await running.manager.insert(Counted, { text: 'still here' });
  });

  it('refuses a target with rows of its own, and changes neither', async () => {
    const target = await open(postgres.url);
    await target.manager.insert(Counted, { text: 'mine' });
    await expect(moveData(move())).rejects.toThrow('has rows already, in counted');
    expect(await target.manager.count(Counted)).toBe(1);
    await (await open(file.url)).manager.insert(Counted, { text: 'goes on' });
  });

  it('refuses text that PostgreSQL cannot store, before it changes anything', async () => {
    inFile('INSERT INTO counted (text) VALUES (?)', 'a\0b');
    await expect(moveData(move())).rejects.toThrow('counted.text holds the character U+0000');
    expect((await previewMove(move())).obstacles).toHaveLength(1);
    await open(file.url);
  });

  it('refuses a second target', async () => {
    await interruptAfter(1);
    const other = postgres.url.replace(/[^/]+$/, 'postgres');
    await expect(moveData({ ...move(), to: other })).rejects.toThrow(/give that with --to/);
  });

  it('refuses a file that is not there, and a server that is not', async () => {
    await expect(moveData({ ...move(), to: 'postgres://a:secret@127.0.0.1:1/x' })).rejects.toThrow(
      /^postgres:\/\/a:\*\*\*@127.0.0.1:1\/x cannot be reached/,
    );
    await rm(file.file);
    await expect(moveData(move())).rejects.toThrow(MoveError);
  });

  it('says what would be moved, and changes nothing', async () => {
    const tables = [
      { name: 'things', rows: 5_000 },
      { name: 'counted', rows: 2 },
    ];
    expect(await previewMove(move())).toEqual({ tables, obstacles: [] });
    expect(await inPostgres(`SELECT * FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
    await open(file.url);
  });
});

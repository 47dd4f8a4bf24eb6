import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Column, DataSource, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import {
  createUnitOfWork,
  defaultLimits,
  openWriter,
  readerOptions,
  type UnitOfWork,
  type UnitOfWorkLimits,
} from '../src/index.js';

@Entity('counters')
export class Counter {
  @PrimaryColumn('text')
  id: string;

  @Column('integer')
  value: number;
}

export class CreateCounters1790000000900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE counters (id text PRIMARY KEY NOT NULL, value integer NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE counters');
  }
}

export const schema = { entities: [Counter], migrations: [CreateCounters1790000000900] };

/** A folder of the test's own with a database file that does not exist yet. */
export async function temporaryFile(): Promise<{ file: string; url: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-database-'));
  const file = join(folder, 'test.db');
  return { file, url: `sqlite:${file}`, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A database of the test's own with a unit of work, and a second connection that sees committed rows only. */
export interface TestDatabase {
  readonly writer: DataSource;
  readonly reader: DataSource;
  readonly unitOfWork: UnitOfWork;
  /** The ids of the committed rows. */
  ids(): Promise<string[]>;
  close(): Promise<void>;
}

export type OpenDatabase = (limits?: Partial<UnitOfWorkLimits>) => Promise<TestDatabase>;

/** One in an SQLite file. */
export class TemporaryDatabase implements TestDatabase {
  private constructor(
    readonly file: string,
    readonly writer: DataSource,
    readonly reader: DataSource,
    readonly unitOfWork: UnitOfWork,
    private readonly removeFile: () => Promise<void>,
  ) {}

  static async open(limits: Partial<UnitOfWorkLimits> = {}): Promise<TemporaryDatabase> {
    const { file, url, remove } = await temporaryFile();
    const writer = await openWriter(url, schema);
    const reader = await new DataSource(readerOptions(url, schema)).initialize();
    const unitOfWork = createUnitOfWork(writer, { ...defaultLimits, ...limits });
    return new TemporaryDatabase(file, writer, reader, unitOfWork, remove);
  }

  async ids(): Promise<string[]> {
    return (await this.reader.manager.find(Counter, { order: { id: 'ASC' } })).map(({ id }) => id);
  }

  async close(): Promise<void> {
    await this.unitOfWork.idle();
    await this.reader.destroy();
    await this.writer.destroy();
    await this.removeFile();
  }
}

/** A row, by which a test sees whether its unit took effect. */
export const aCounter = (id: string, value = 0): Counter => ({ id, value });

const BETTER_SQLITE = JSON.stringify(createRequire(import.meta.url).resolve('better-sqlite3'));

/** Another process that holds the database's write lock until it is told to let go. */
export class LockHolder {
  private constructor(private readonly child: ChildProcess) {}

  /** @param most lets go by itself after so many milliseconds: for one who is blocked and could not tell it to */
  static async lock(file: string, most = 60_000): Promise<LockHolder> {
    const script = `
      const database = require(${BETTER_SQLITE})(process.argv[1]);
      database.exec('BEGIN IMMEDIATE');
      process.stdout.write('locked');
      process.stdin.resume().on('end', () => process.exit());
      setTimeout(() => process.exit(), Number(process.argv[2]));`;
    const child = spawn(process.execPath, ['-e', script, file, String(most)], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return new LockHolder(child);
  }

  async release(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    await exited;
  }
}

/** A promise that the test settles when it wants to. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  const settle: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => settle.push(resolve));
  return { promise, resolve: () => settle[0]!() };
}

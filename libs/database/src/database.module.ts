import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { createOutbox, createUnitOfWork, openReader, openWriter, readerOptions } from './data-sources.js';
import { Leases } from './leases.js';
import { Outbox } from './outbox.js';
import type { ConnectionOptions, Schema } from './schema.js';
import { UnitOfWork } from './unit-of-work.js';

const WRITER = Symbol('the data source that writes');

export interface DatabaseOptions extends Schema, ConnectionOptions {
  /** `sqlite:<path>` or `postgres://user:password@host:5432/database` */
  url: string;
}

@Global()
@Module({})
class WriterModule implements OnApplicationShutdown {
  constructor(
    @Inject(WRITER) private readonly writer: DataSource,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: WriterModule,
      providers: [
        { provide: WRITER, useFactory: () => openWriter(options.url, options, options) },
        { provide: UnitOfWork, useFactory: (writer: DataSource) => createUnitOfWork(writer), inject: [WRITER] },
      ],
      exports: [WRITER, UnitOfWork],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.unitOfWork.idle();
    await this.writer.destroy();
  }
}

/**
 * A service's database: `@InjectRepository` and `DataSource` read committed rows, `UnitOfWork` writes,
 * `Outbox` and `Leases` are what messaging needs of it.
 * Migrations run before anything is served.
 */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    const writer = WriterModule.forRoot(options);
    return {
      module: DatabaseModule,
      imports: [
        writer,
        TypeOrmModule.forRootAsync({
          imports: [writer],
          // Injected only to come second: what is opened for reading must exist and be migrated.
          inject: [WRITER],
          useFactory: () => ({ ...readerOptions(options.url, options, options), retryAttempts: 0 }),
          dataSourceFactory: () => openReader(options.url, options, options),
        }),
        TypeOrmModule.forFeature(options.entities),
      ],
      providers: [
        { provide: Outbox, useFactory: createOutbox, inject: [WRITER, DataSource, UnitOfWork] },
        {
          provide: Leases,
          useFactory: (...args: [DataSource, UnitOfWork]) => new Leases(...args),
          inject: [DataSource, UnitOfWork],
        },
      ],
      exports: [writer, TypeOrmModule, Outbox, Leases],
      global: true,
    };
  }
}

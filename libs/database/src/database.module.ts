import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { createUnitOfWork, openReader, openWriter, readerOptions } from './data-sources.js';
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
 * A service's database: `@InjectRepository` and `DataSource` read committed rows, `UnitOfWork` writes.
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
      exports: [writer, TypeOrmModule],
      global: true,
    };
  }
}

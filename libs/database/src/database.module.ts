import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { openWriter, readerOptions, type Schema } from './data-sources.js';
import { UnitOfWork } from './unit-of-work.js';

const WRITER = Symbol('the data source that writes');

export interface DatabaseOptions extends Schema {
  /** `sqlite:<path>` */
  url: string;
}

@Global()
@Module({})
class WriterModule implements OnApplicationShutdown {
  constructor(
    @Inject(WRITER) private readonly writer: DataSource,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  static forRoot({ url, ...schema }: DatabaseOptions): DynamicModule {
    return {
      module: WriterModule,
      providers: [
        { provide: WRITER, useFactory: () => openWriter(url, schema) },
        { provide: UnitOfWork, useFactory: (writer: DataSource) => new UnitOfWork(writer), inject: [WRITER] },
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
          // Injected only to come second: the file must exist and be migrated before it is opened for reading.
          inject: [WRITER],
          useFactory: () => ({ ...readerOptions(options.url, options), retryAttempts: 0 }),
        }),
        TypeOrmModule.forFeature(options.entities),
      ],
      exports: [writer, TypeOrmModule],
      global: true,
    };
  }
}

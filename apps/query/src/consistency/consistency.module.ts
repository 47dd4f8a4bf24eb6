import { type DynamicModule, Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { CONSISTENCY_WAIT, ConsistencyService } from './consistency.service.js';
import { SeenWrites } from './seen-writes.js';

@Module({})
export class ConsistencyModule {
  /** @param wait how long a read waits for a write, in milliseconds */
  static forRoot(wait: number): DynamicModule {
    return {
      module: ConsistencyModule,
      global: true,
      imports: [ChangesModule],
      providers: [{ provide: CONSISTENCY_WAIT, useValue: wait }, SeenWrites, ConsistencyService],
      exports: [ConsistencyService],
    };
  }
}

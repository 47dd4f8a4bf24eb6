import { type DynamicModule, Module } from '@nestjs/common';
import type { DeadLettersOptions } from '#messaging';
import { instanceName } from '#service';
import type { GatewayEnv } from '../env.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { DEAD_LETTERS_OPTIONS, DeadLettersService } from './dead-letters.service.js';
import { OPERATIONS_TOKEN, OperatorGuard } from './operator.guard.js';

/** How long a request waits for another operator, in milliseconds. */
const PATIENCE = 5_000;

/** What operators do over HTTP. Without a token it is not there at all. */
@Module({})
export class OperationsModule {
  static forRoot(env: GatewayEnv): DynamicModule {
    if (!env.OPERATIONS_TOKEN) return { module: OperationsModule };
    const name = `${instanceName('gateway', env)} dead letters`;
    const options: DeadLettersOptions = { urls: env.RABBITMQ_URL, name, patience: PATIENCE };
    return {
      module: OperationsModule,
      controllers: [DeadLettersController],
      providers: [
        DeadLettersService,
        OperatorGuard,
        { provide: DEAD_LETTERS_OPTIONS, useValue: options },
        { provide: OPERATIONS_TOKEN, useValue: env.OPERATIONS_TOKEN },
      ],
    };
  }
}

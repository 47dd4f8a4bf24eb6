import { type DynamicModule, Module } from '@nestjs/common';
import type { ModerationEnv } from '../env.js';
import { createRules } from './create-rules.js';
import { Judge } from './judge.js';

@Module({})
export class RulesModule {
  static forRoot(env: ModerationEnv): DynamicModule {
    return {
      module: RulesModule,
      global: true,
      providers: [{ provide: Judge, useFactory: () => new Judge(createRules(env)) }],
      exports: [Judge],
    };
  }
}

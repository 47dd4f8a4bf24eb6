import { Controller, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { Comment, Post } from '#contracts';
import { CreateLogPosition1790000000003, DatabaseModule, LogPosition, UnitOfWork } from '#database';
import { LogOffset, MessagingModule } from '#messaging';
import { type AppDefinition, messagingOptions, serviceEnv, type ServiceEnv } from '#service';
import { CreateEffects1790000000900, Effect, Script } from './script.js';

/** Cares for some of the log's events only, as a reader may. */
@Controller()
class QueryEvents {
  constructor(
    private readonly script: Script,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  @EventPattern(['post.created'])
  postCreated(@Payload() { id }: Post, @LogOffset() offset: number): Promise<void> {
    return this.script.play(this.unitOfWork, 'post.created', id, offset);
  }

  @EventPattern(['comment.created'])
  commentCreated(@Payload() { id }: Comment, @LogOffset() offset: number): Promise<void> {
    return this.script.play(this.unitOfWork, 'comment.created', id, offset);
  }
}

@Module({})
class QueryModule {}

/** A service in query's place, that builds its data from the event log as `script` says. */
export const queryApp = (script: Script): AppDefinition<ServiceEnv> => ({
  name: 'query',
  env: serviceEnv('query'),
  module: (env) => ({
    module: QueryModule,
    imports: [
      DatabaseModule.forRoot({
        url: env.DATABASE_URL,
        entities: [Effect, LogPosition],
        migrations: [CreateLogPosition1790000000003, CreateEffects1790000000900],
      }),
      MessagingModule.forRoot({ ...messagingOptions('query', env), readsEventLog: true }),
    ],
    controllers: [QueryEvents],
    providers: [{ provide: Script, useValue: script }],
  }),
});

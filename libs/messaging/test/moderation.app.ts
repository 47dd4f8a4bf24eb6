import { Controller, Module, type Type } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Comment, CommentDeleted, PostDeleted } from '#contracts';
import {
  CreateInbox1790000000002,
  CreateLeases1790000000005,
  CreateOutbox1790000000001,
  CreateRepeats1790000000006,
  DatabaseModule,
  InboxMessage,
  Lease,
  OrderOutboxByEvent1790000000004,
  OutboxMessage,
  RepeatedEvent,
  UnitOfWork,
} from '#database';
import { MessagingModule, type MessagingOptions } from '#messaging';
import { type AppDefinition, messagingOptions, serviceEnv, type ServiceEnv } from '#service';
import { CreateEffects1790000000900, Effect, Script } from './script.js';

/** Handlers for exactly the events that the event table gives to moderation. */
@Controller()
export class ModerationEvents {
  constructor(
    private readonly script: Script,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  @EventPattern('post.deleted')
  postDeleted({ id }: PostDeleted): Promise<void> {
    return this.script.play(this.unitOfWork, 'post.deleted', id);
  }

  @EventPattern('comment.created')
  commentCreated({ id }: Comment): Promise<void> {
    return this.script.play(this.unitOfWork, 'comment.created', id);
  }

  @EventPattern('comment.edited')
  commentEdited({ id }: Comment): Promise<void> {
    return this.script.play(this.unitOfWork, 'comment.edited', id);
  }

  @EventPattern('comment.deleted')
  commentDeleted({ id }: CommentDeleted): Promise<void> {
    return this.script.play(this.unitOfWork, 'comment.deleted', id);
  }
}

@Module({})
class ModerationModule {}

/** A service in moderation's place: it publishes what the test makes it publish, and handles events as `script` says. */
export const moderationApp = (
  script: Script,
  { events = ModerationEvents, handlerTimeout }: { events?: Type } & Pick<MessagingOptions, 'handlerTimeout'> = {},
): AppDefinition<ServiceEnv> => ({
  name: 'moderation',
  env: serviceEnv('moderation'),
  module: (env) => ({
    module: ModerationModule,
    imports: [
      DatabaseModule.forRoot({
        url: env.DATABASE_URL,
        entities: [Effect, OutboxMessage, InboxMessage, RepeatedEvent, Lease],
        migrations: [
          CreateOutbox1790000000001,
          CreateInbox1790000000002,
          OrderOutboxByEvent1790000000004,
          CreateLeases1790000000005,
          CreateRepeats1790000000006,
          CreateEffects1790000000900,
        ],
      }),
      MessagingModule.forRoot({ ...messagingOptions('moderation', env), ...(handlerTimeout && { handlerTimeout }) }),
    ],
    controllers: [events],
    providers: [{ provide: Script, useValue: script }],
  }),
});

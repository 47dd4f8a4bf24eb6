import { Global, Module } from '@nestjs/common';
import { BacklogCheck, READINESS_CHECKS } from '#service';
import { ChangesModule } from '../changes/changes.module.js';
import { CommentsProjector } from './comments.projector.js';
import { ParkedComments } from './parked-comments.service.js';
import { PostsProjector } from './posts.projector.js';
import { ReadModelController } from './read-model.controller.js';
import { ReadModelEvents } from './read-model.events.js';
import { ReadModelService } from './read-model.service.js';

const parkedCheck = {
  provide: READINESS_CHECKS,
  useFactory: (parked: ParkedComments) => [new BacklogCheck('parked', () => parked.backlog())],
  inject: [ParkedComments],
};

@Global()
@Module({
  imports: [ChangesModule],
  controllers: [ReadModelController, ReadModelEvents],
  providers: [ReadModelService, PostsProjector, CommentsProjector, ParkedComments, parkedCheck],
  exports: [READINESS_CHECKS],
})
export class ReadModelModule {}

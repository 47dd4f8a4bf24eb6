import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { CommentsProjector } from './comments.projector.js';
import { PostsProjector } from './posts.projector.js';
import { ReadModelController } from './read-model.controller.js';
import { ReadModelEvents } from './read-model.events.js';
import { ReadModelService } from './read-model.service.js';

@Module({
  imports: [ChangesModule],
  controllers: [ReadModelController, ReadModelEvents],
  providers: [ReadModelService, PostsProjector, CommentsProjector],
})
export class ReadModelModule {}

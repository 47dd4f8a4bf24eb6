import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { CommentsProjector } from './comments.projector.js';
import { ParkedComments } from './parked-comments.service.js';
import { PostsProjector } from './posts.projector.js';
import { ReadModelEvents } from './read-model.events.js';

/** What turns events into the read model: for the one that is served, and for one that is built beside it. */
@Module({
  imports: [ChangesModule],
  controllers: [ReadModelEvents],
  providers: [PostsProjector, CommentsProjector, ParkedComments],
  exports: [ParkedComments],
})
export class ProjectionModule {}

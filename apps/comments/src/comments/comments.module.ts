import { Module } from '@nestjs/common';
import { CommentsController } from './comments.controller.js';
import { CommentsEvents } from './comments.events.js';
import { CommentsService } from './comments.service.js';
import { VerdictPreference } from '../verdicts/verdict-preference.js';
import { VerdictWaits } from '../verdicts/verdict-waits.js';

@Module({
  controllers: [CommentsController, CommentsEvents],
  providers: [CommentsService, VerdictPreference, VerdictWaits],
})
export class CommentsModule {}

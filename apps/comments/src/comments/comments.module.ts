import { Module } from '@nestjs/common';
import { CommentsController } from './comments.controller.js';
import { CommentsEvents } from './comments.events.js';
import { CommentsService } from './comments.service.js';

@Module({ controllers: [CommentsController, CommentsEvents], providers: [CommentsService] })
export class CommentsModule {}

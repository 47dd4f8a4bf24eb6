import { Controller, Get, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type CommentView, Id, PageQuery, type PostView } from '#contracts';
import { page } from '#service';
import { ConsistencyGuard } from '../consistency/consistency.guard.js';
import { ReadModelService } from './read-model.service.js';

@Controller('posts')
@UseGuards(ConsistencyGuard)
export class ReadModelController {
  constructor(private readonly readModel: ReadModelService) {}

  @Get()
  async listPosts(
    @Query({ schema: PageQuery }) { limit, cursor }: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PostView[]> {
    return page(await this.readModel.listPosts(limit + 1, cursor), limit, ({ id }) => id, request, reply);
  }

  @Get(':postId')
  getPost(@Param('postId', { schema: Id }) id: string): Promise<PostView> {
    return this.readModel.getPost(id);
  }

  @Get(':postId/comments')
  async listComments(
    @Param('postId', { schema: Id }) postId: string,
    @Query({ schema: PageQuery }) { limit, cursor }: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CommentView[]> {
    return page(await this.readModel.listComments(postId, limit + 1, cursor), limit, ({ id }) => id, request, reply);
  }

  @Get(':postId/comments/:commentId')
  getComment(
    @Param('postId', { schema: Id }) postId: string,
    @Param('commentId', { schema: Id }) id: string,
  ): Promise<CommentView> {
    return this.readModel.getComment(postId, id);
  }
}

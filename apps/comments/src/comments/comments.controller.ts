import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Comment, CreateComment, Id, PageQuery, UpdateComment } from '#contracts';
import { page, publicPath } from '#service';
import { CommentsService } from './comments.service.js';

@Controller('posts/:postId/comments')
export class CommentsController {
  constructor(private readonly comments: CommentsService) {}

  @Post()
  async create(
    @Param('postId', { schema: Id }) postId: string,
    @Body({ schema: CreateComment }) body: CreateComment,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Comment> {
    const comment = await this.comments.create(postId, body);
    reply.header('location', `${publicPath(request)}/${comment.id}`);
    return comment;
  }

  @Get()
  async list(
    @Param('postId', { schema: Id }) postId: string,
    @Query({ schema: PageQuery }) query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Comment[]> {
    return page(
      await this.comments.list(postId, query.limit + 1, query.cursor),
      query.limit,
      ({ id }) => id,
      request,
      reply,
    );
  }

  @Get(':commentId')
  get(
    @Param('postId', { schema: Id }) postId: string,
    @Param('commentId', { schema: Id }) id: string,
  ): Promise<Comment> {
    return this.comments.get(postId, id);
  }

  @Patch(':commentId')
  update(
    @Param('postId', { schema: Id }) postId: string,
    @Param('commentId', { schema: Id }) id: string,
    @Body({ schema: UpdateComment }) patch: UpdateComment,
  ): Promise<Comment> {
    return this.comments.update(postId, id, patch);
  }

  @Delete(':commentId')
  @HttpCode(204)
  remove(
    @Param('postId', { schema: Id }) postId: string,
    @Param('commentId', { schema: Id }) id: string,
  ): Promise<void> {
    return this.comments.remove(postId, id);
  }
}

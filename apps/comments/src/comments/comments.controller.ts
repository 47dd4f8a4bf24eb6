import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Comment, type CommentDeleted, CreateComment, Id, PageQuery, UpdateComment, type Write } from '#contracts';
import { page, publicPath, tellWrite } from '#service';
import { VerdictPreference } from '../verdicts/verdict-preference.js';
import { CommentsService } from './comments.service.js';

@Controller('posts/:postId/comments')
export class CommentsController {
  constructor(
    private readonly comments: CommentsService,
    private readonly verdicts: VerdictPreference,
  ) {}

  @Post()
  async create(
    @Param('postId', { schema: Id }) postId: string,
    @Body({ schema: CreateComment }) body: CreateComment,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Comment> {
    const stored = await this.comments.create(postId, body);
    reply.header('location', `${publicPath(request)}/${stored.id}`);
    return this.answer(stored, request, reply);
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
  async update(
    @Param('postId', { schema: Id }) postId: string,
    @Param('commentId', { schema: Id }) id: string,
    @Body({ schema: UpdateComment }) patch: UpdateComment,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Comment> {
    return this.answer(await this.comments.update(postId, id, patch), request, reply);
  }

  @Delete(':commentId')
  @HttpCode(204)
  async remove(
    @Param('postId', { schema: Id }) postId: string,
    @Param('commentId', { schema: Id }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    tellWrite(reply, writeOf(await this.comments.remove(postId, id)));
  }

  private async answer(stored: Comment, request: FastifyRequest, reply: FastifyReply): Promise<Comment> {
    const comment = await this.verdicts.honour(stored, request, reply);
    tellWrite(reply, writeOf(comment));
    return comment;
  }
}

const writeOf = ({ postId, id, version }: Comment | CommentDeleted): Write => ({
  thing: 'comment',
  postId,
  id,
  version,
});

import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CreatePost, Id, PageQuery, type Post as PostBody, UpdatePost } from '#contracts';
import { page, publicPath } from '#service';
import { PostsService } from './posts.service.js';

@Controller('posts')
export class PostsController {
  constructor(private readonly posts: PostsService) {}

  @Post()
  async create(
    @Body({ schema: CreatePost }) body: CreatePost,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PostBody> {
    const post = await this.posts.create(body);
    reply.header('location', `${publicPath(request)}/${post.id}`);
    return post;
  }

  @Get()
  async list(
    @Query({ schema: PageQuery }) query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PostBody[]> {
    return page(await this.posts.list(query.limit + 1, query.cursor), query.limit, ({ id }) => id, request, reply);
  }

  @Get(':postId')
  get(@Param('postId', { schema: Id }) id: string): Promise<PostBody> {
    return this.posts.get(id);
  }

  @Patch(':postId')
  update(
    @Param('postId', { schema: Id }) id: string,
    @Body({ schema: UpdatePost }) patch: UpdatePost,
  ): Promise<PostBody> {
    return this.posts.update(id, patch);
  }

  @Delete(':postId')
  @HttpCode(204)
  remove(@Param('postId', { schema: Id }) id: string): Promise<void> {
    return this.posts.remove(id);
  }
}

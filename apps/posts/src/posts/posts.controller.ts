import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CreatePost, Id, PageQuery, type Post as PostBody, type PostDeleted, UpdatePost, type Write } from '#contracts';
import { page, publicPath, tellWrite } from '#service';
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
    tellWrite(reply, writeOf(post));
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
  async update(
    @Param('postId', { schema: Id }) id: string,
    @Body({ schema: UpdatePost }) patch: UpdatePost,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PostBody> {
    const post = await this.posts.update(id, patch);
    tellWrite(reply, writeOf(post));
    return post;
  }

  @Delete(':postId')
  @HttpCode(204)
  async remove(
    @Param('postId', { schema: Id }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    tellWrite(reply, writeOf(await this.posts.remove(id)));
  }
}

const writeOf = ({ id, version }: PostBody | PostDeleted): Write => ({ thing: 'post', postId: id, version });

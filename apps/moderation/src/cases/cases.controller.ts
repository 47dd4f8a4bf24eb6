import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GiveVerdict, Id, ListCases, type ModerationCase } from '#contracts';
import { page, tellWrite } from '#service';
import { CasesService } from './cases.service.js';
import { writeOf } from './verdict-write.js';

@Controller('moderation/cases')
export class CasesController {
  constructor(private readonly cases: CasesService) {}

  @Get()
  async list(
    @Query({ schema: ListCases }) query: ListCases,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ModerationCase[]> {
    const found = await this.cases.list({ ...query, limit: query.limit + 1 });
    return page(found, query.limit, ({ commentId }) => commentId, request, reply);
  }

  @Get(':commentId')
  get(@Param('commentId', { schema: Id }) commentId: string): Promise<ModerationCase> {
    return this.cases.get(commentId);
  }

  @Post(':commentId/verdict')
  @HttpCode(200)
  async decide(
    @Param('commentId', { schema: Id }) commentId: string,
    @Body({ schema: GiveVerdict }) verdict: GiveVerdict,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ModerationCase> {
    const decided = await this.cases.decide(commentId, verdict);
    tellWrite(reply, writeOf(decided, verdict.status));
    return decided;
  }
}

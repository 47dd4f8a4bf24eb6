import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import {
  type DeadLetterDetail,
  DeadLetterFilter,
  type DeadLetterGroup,
  DeadLetterId,
  type DeadLetterSummary,
  ListDeadLetters,
  RedriveDeadLetters,
  type RedriveReport,
  WhichDeadLetter,
} from '#contracts';
import { PREFIX } from '../forwarding/routes.js';
import { DeadLettersService } from './dead-letters.service.js';
import { OperatorGuard } from './operator.guard.js';

@Controller(`${PREFIX}/operations/dead-letters`)
@UseGuards(OperatorGuard)
export class DeadLettersController {
  constructor(private readonly deadLetters: DeadLettersService) {}

  @Get()
  list(@Query({ schema: ListDeadLetters }) query: ListDeadLetters): Promise<DeadLetterSummary[]> {
    return this.deadLetters.list(query);
  }

  @Get('groups')
  groups(@Query({ schema: DeadLetterFilter }) filter: DeadLetterFilter): Promise<DeadLetterGroup[]> {
    return this.deadLetters.groups(filter);
  }

  @Get(':id')
  get(
    @Param('id', { schema: DeadLetterId }) id: string,
    @Query({ schema: WhichDeadLetter }) { service }: WhichDeadLetter,
  ): Promise<DeadLetterDetail> {
    return this.deadLetters.get(id, service);
  }

  @Post('redrive')
  @HttpCode(200)
  redrive(@Body({ schema: RedriveDeadLetters }) body: RedriveDeadLetters): Promise<RedriveReport> {
    return this.deadLetters.redrive(body);
  }

  @Delete(':id')
  discard(
    @Param('id', { schema: DeadLetterId }) id: string,
    @Query({ schema: WhichDeadLetter }) { service }: WhichDeadLetter,
  ): Promise<DeadLetterDetail> {
    return this.deadLetters.discard(id, service);
  }
}

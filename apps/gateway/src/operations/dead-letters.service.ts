import { Inject, Injectable, Logger } from '@nestjs/common';
import type {
  DeadLetterDetail,
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterService,
  DeadLetterSummary,
  ListDeadLetters,
  RedriveDeadLetters,
  RedriveReport,
  RedriveResult,
} from '#contracts';
import {
  AmbiguousDeadLetterError,
  DeadLetters,
  type DeadLettersOptions,
  NoSuchDeadLetterError,
  onlyOne,
} from '#messaging';
import { ProblemException } from '#service';

/** Injection token of the DeadLettersOptions. */
export const DEAD_LETTERS_OPTIONS = Symbol('DeadLettersOptions');

/** The dead letters over HTTP: each request has a connection of its own, so that none is in the way of another. */
@Injectable()
export class DeadLettersService {
  private readonly logger = new Logger(DeadLettersService.name);

  constructor(@Inject(DEAD_LETTERS_OPTIONS) private readonly options: DeadLettersOptions) {}

  groups(filter: DeadLetterFilter): Promise<DeadLetterGroup[]> {
    return this.use((deadLetters) => deadLetters.groups(filter));
  }

  list({ limit, ...filter }: ListDeadLetters): Promise<DeadLetterSummary[]> {
    return this.use(async (deadLetters) => {
      const found: DeadLetterSummary[] = [];
      await deadLetters.each(filter, (letter, stop) => {
        if (found.push(letter.summary()) === limit) stop();
      });
      return found;
    });
  }

  get(id: string, service?: DeadLetterService): Promise<DeadLetterDetail> {
    return this.use(async (deadLetters) => onlyOne(id, await deadLetters.find(id, service)));
  }

  async redrive({ service, type, reason, id, dryRun, limit }: RedriveDeadLetters): Promise<RedriveReport> {
    const filter = { service, type, reason, id };
    const results: RedriveResult[] = [];
    const onResult = (result: RedriveResult): void => void results.push(result);
    try {
      await this.use((deadLetters) => deadLetters.redrive(filter, { dryRun, limit, onResult }));
      return { results };
    } finally {
      const redriven = results.filter(({ outcome }) => outcome === 'redriven').length;
      if (!dryRun) this.logger.log(`an operator had ${redriven} dead letters redriven: ${JSON.stringify(filter)}`);
    }
  }

  async discard(id: string, service?: DeadLetterService): Promise<DeadLetterDetail> {
    const discarded = await this.use((deadLetters) => deadLetters.discard(id, service));
    this.logger.log(`an operator discarded the dead letter ${discarded.id} of ${discarded.service}`);
    return discarded;
  }

  private async use<T>(work: (deadLetters: DeadLetters) => Promise<T>): Promise<T> {
    try {
      return await DeadLetters.use(this.options, work);
    } catch (error) {
      throw this.toProblem(error);
    }
  }

  /** What went wrong may name RabbitMQ's host: it is told to operators only. */
  private toProblem(error: unknown): ProblemException {
    const detail = `${error instanceof Error ? error.message || String((error as { code?: unknown }).code) : String(error)}.`;
    if (error instanceof NoSuchDeadLetterError) return new ProblemException('not-found', detail);
    if (error instanceof AmbiguousDeadLetterError) return new ProblemException('conflict', detail);
    this.logger.warn(`dead letters: ${detail}`);
    return new ProblemException('service-unavailable', detail, { retryAfter: 1 });
  }
}

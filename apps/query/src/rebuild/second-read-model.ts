import { setTimeout as delay } from 'node:timers/promises';
import { type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomStrategy } from '@nestjs/microservices';
import { DatabaseModule } from '#database';
import { EventLogReplay, type LeftOutEvent, MessagingModule, OtherLogError } from '#messaging';
import { instanceName, messagingOptions, ProblemFilter, type ServiceEnv } from '#service';
import { ProjectionModule } from '../read-model/projection.module.js';
import { querySchema } from '../schema.js';
import type { Position } from './read-model-file.js';
import { RebuildError, TooSlowError } from './rebuild-error.js';

/** How long nothing may come from the event log before it is given up, in milliseconds. */
const PATIENCE = 30_000;
/** How often to look how far it is, in milliseconds. */
const LOOK_EVERY = 5;

@Module({})
class SecondReadModelModule {}

/** How far the event log was read. */
export interface ReplayProgress {
  /** How many offsets were read so far. */
  read: number;
  /** How many there are to be read. */
  of: number;
}

/** A read model that is built beside the one that is served, by the same code, exactly as far as it is told. */
export class SecondReadModel {
  private from: number | undefined;

  private constructor(
    readonly file: string,
    private readonly app: INestMicroservice,
    private readonly replay: EventLogReplay,
    private readonly tell: (progress: ReplayProgress) => void,
  ) {}

  /**
   * Begins to build.
   *
   * @param file of its database: a new one, or one to go on with
   * @param goal how far to read, for the time being; known before the log is looked at, which must reach so far
   * @param tell is told often how far it is
   */
  static async open(
    file: string,
    env: ServiceEnv,
    goal: Position,
    tell: (progress: ReplayProgress) => void,
  ): Promise<SecondReadModel> {
    const messaging = {
      ...messagingOptions('query', env),
      instance: `${instanceName('query', env)} rebuild`,
      // The retry queues are those of the services.
      retryDelays: [],
    };
    const module = {
      module: SecondReadModelModule,
      imports: [
        DatabaseModule.forRoot({ url: `sqlite:${file}`, ...querySchema }),
        MessagingModule.forRoot({ ...messaging, replaysEventLog: true }),
        ProjectionModule,
      ],
    };
    const app = await NestFactory.createMicroservice(module, {
      inject: [EventLogReplay],
      useFactory: (strategy: EventLogReplay): CustomStrategy => ({ strategy }),
      logger: false,
      abortOnError: false,
    });
    // Lets handlers' errors through to the replay.
    app.useGlobalFilters(new ProblemFilter());
    const replay = app.get(EventLogReplay);
    replay.readTo(goal.offset);
    await app.listen();
    return new SecondReadModel(file, app, replay, tell);
  }

  /** The offset of the last event applied; -1 before the first. */
  get offset(): number {
    return this.replay.offset;
  }

  /** The events that it could not apply. */
  get leftOut(): readonly LeftOutEvent[] {
    return this.replay.leftOut;
  }

  /**
   * Applies everything up to the event at which the other stands.
   *
   * @param giveUpAfter how long it may take, in milliseconds
   * @throws RebuildError when the log shows another event there, or nothing any more; TooSlowError
   */
  async readTo(position: Position, giveUpAfter = Number.POSITIVE_INFINITY): Promise<void> {
    const began = Date.now();
    let last = { seen: this.replay.seen, at: began };
    this.replay.readTo(position.offset);
    while (!this.hasReached(position)) {
      const now = Date.now();
      if (this.replay.seen > last.seen) last = { seen: this.replay.seen, at: now };
      if (now - last.at > PATIENCE) throw new RebuildError(this.explain());
      if (now - began > giveUpAfter) throw new TooSlowError(`the last events did not come within ${giveUpAfter} ms`);
      this.from ??= this.replay.seen;
      this.tell({ read: this.replay.seen - this.from, of: position.offset - this.from });
      await delay(LOOK_EVERY);
    }
  }

  async close(): Promise<void> {
    await this.app.close();
  }

  private hasReached({ offset, eventId }: Position): boolean {
    try {
      if (!this.replay.hasReached(offset)) return false;
    } catch (error) {
      throw error instanceof OtherLogError ? new RebuildError(error.message) : error;
    }
    if (this.replay.eventId === eventId) return true;
    throw new RebuildError(`the event log has another event at offset ${offset} than the read model has applied`);
  }

  private explain(): string {
    const { detail } = this.replay.brokerStatus;
    return `the event log gave nothing for ${PATIENCE / 1_000} s, at offset ${this.replay.seen}: ${detail}`;
  }
}

import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { exhaustMap, filter, firstValueFrom, fromEvent, ignoreElements, interval, map } from 'rxjs';
import { merge, type Observable, share, Subject, timer } from 'rxjs';
import { In, type Repository } from 'typeorm';
import type { Comment as CommentBody } from '#contracts';
import type { HttpAdapter } from '#service';
import { Comment } from '../comments/comment.entity.js';
import { toBody } from '../comments/comment-body.js';

/** The most answers that wait at once. */
const MOST_WAITING = 500;
/** How often the database is looked at while any answer waits, in milliseconds. */
const LOOK_INTERVAL = 250;

/** A comment as it is now; without one, it is gone. */
interface State {
  id: string;
  comment?: Comment | undefined;
}

/**
 * The answers that wait for a verdict. The copy that applied it tells those that wait in the same process; those that
 * wait in other copies find it in the database, which one statement asks for all of them.
 */
@Injectable()
export class VerdictWaits implements OnApplicationBootstrap {
  private readonly waiting = new Set<CommentBody>();
  private readonly states = new Subject<State>();
  /** Looks as long as somebody subscribes. */
  private readonly looks = interval(LOOK_INTERVAL).pipe(
    exhaustMap(() => this.look()),
    ignoreElements(),
    share(),
  );
  private stopping: AbortSignal;
  private readonly stop = new Subject<void>();
  private readonly logger = new Logger(VerdictWaits.name);

  constructor(
    @InjectRepository(Comment) private readonly comments: Repository<Comment>,
    private readonly host: HttpAdapterHost<HttpAdapter>,
  ) {}

  onApplicationBootstrap(): void {
    this.stopping = this.host.httpAdapter.connections.ending;
    this.stopping.addEventListener('abort', () => this.stop.next());
  }

  /**
   * Waits until the text of `stored` is judged, for `milliseconds` at most. Nothing is waited for when it is judged
   * already, or cannot be any more, as it was edited or deleted meanwhile.
   *
   * @returns the judged comment; `stored` when there is no verdict; undefined when it was not waited so long, because this
   *   process stops, too many wait already, or the client is `gone`
   */
  async wait(stored: CommentBody, milliseconds: number, gone: AbortSignal): Promise<CommentBody | undefined> {
    if (stored.status !== 'pending') return stored;
    if (this.stopping.aborted || gone.aborted || this.waiting.size >= MOST_WAITING) return undefined;
    this.waiting.add(stored);
    try {
      return await firstValueFrom(this.answers(stored, milliseconds, gone));
    } finally {
      this.waiting.delete(stored);
    }
  }

  /** To be told of a comment whose verdict is committed. */
  judged(comment: Comment): void {
    this.states.next({ id: comment.id, comment });
  }

  private answers(stored: CommentBody, milliseconds: number, gone: AbortSignal): Observable<CommentBody | undefined> {
    const judged = this.states.pipe(
      filter(({ id }) => id === stored.id),
      map(({ comment }) => answerTo(stored, comment)),
      filter((answer) => answer !== undefined),
    );
    const timeIsUp = timer(milliseconds).pipe(map(() => stored));
    const givenUp = merge(this.stop, fromEvent(gone, 'abort')).pipe(map(() => undefined));
    return merge(judged, timeIsUp, givenUp, this.looks);
  }

  private async look(): Promise<void> {
    const ids = [...new Set([...this.waiting].map(({ id }) => id))];
    try {
      const found = await this.comments.findBy({ id: In(ids) });
      const comments = new Map(found.map((comment) => [comment.id, comment]));
      for (const id of ids) this.states.next({ id, comment: comments.get(id) });
    } catch (error) {
      // The next look may succeed; if not, the answers go without a verdict when their time is up.
      this.logger.warn(`cannot look for verdicts: ${String(error)}`);
    }
  }
}

/** @returns what `stored` is to be answered with, or undefined while it can still be judged */
function answerTo(stored: CommentBody, comment: Comment | undefined): CommentBody | undefined {
  if (comment?.contentVersion !== stored.version) return stored;
  return comment.status === 'pending' ? undefined : toBody(comment);
}

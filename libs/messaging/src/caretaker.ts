import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Leases, UnitOfWork } from '#database';
import { Chore } from './chore.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';

/** How long a copy that says nothing counts as alive, in milliseconds. */
const LEASE = 10_000;
/** How often a copy says that it is alive, in milliseconds. */
const RENEW_EVERY = 3_000;
/** The lease of which there is one. */
const CARETAKER = 'caretaker';
/** Begins the name of the lease by which a copy tells that it is alive. */
const INSTANCE = 'instance ';

/**
 * Chooses one of the copies that share a database, the caretaker, to do what must be done once: publish the events of
 * copies that are gone, announce again what is not answered, forget old inbox entries. When it dies, another takes its place; when it stops, at once.
 *
 * Each copy holds a lease of its own besides, by which the caretaker knows which ones are gone.
 */
@Injectable()
export class Caretaker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Caretaker.name);
  private chosenUntil = 0;
  private timer: NodeJS.Timeout | undefined;
  private renewing: Promise<void> = Promise.resolve();
  private readonly chores: Chore[] = [];

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    private readonly leases: Leases,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Whether this copy is the caretaker now. */
  get isChosen(): boolean {
    return performance.now() < this.chosenUntil;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => (this.renewing = this.renew()), RENEW_EVERY).unref();
    await (this.renewing = this.renew());
  }

  /**
   * Has a chore done again and again while this copy is the caretaker: one at a time, and until the application stops.
   * An error is logged, and the chore tried again when its turn comes.
   *
   * @param what what it does, for the log
   * @param interval in milliseconds
   */
  every(interval: number, what: string, chore: () => Promise<unknown>): void {
    this.chores.push(new Chore(interval, () => this.attempt(what, chore)));
  }

  /** Before the database is closed, and the outbox flushed. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.chores.map((chore) => chore.stop()));
  }

  /** The copies that are alive, this one included. */
  async livingInstances(): Promise<string[]> {
    const leases = await this.leases.live();
    const living = leases.filter(({ name }) => name.startsWith(INSTANCE)).map(({ holder }) => holder);
    return [...living, this.options.instance];
  }

  /** Gives the leases back: another copy is chosen, and publishes what this one leaves. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.renewing;
    this.chosenUntil = 0;
    await this.leases.release(this.options.instance).catch((error: unknown) => this.logger.warn(String(error)));
  }

  private async attempt(what: string, chore: () => Promise<unknown>): Promise<void> {
    try {
      if (this.isChosen) await chore();
    } catch (error) {
      this.logger.warn(`cannot ${what} now: ${String(error)}`);
    }
  }

  private async renew(): Promise<void> {
    // Counted from before, so that this copy gives up no later than the others may take over.
    const until = performance.now() + LEASE;
    try {
      this.chosenUntil = (await this.takeLeases()) ? until : 0;
    } catch (error) {
      this.logger.warn(`cannot renew the leases: ${String(error)}`);
    }
  }

  /** One transaction for both. */
  private takeLeases(): Promise<boolean> {
    const { instance } = this.options;
    return this.unitOfWork.run(async () => {
      await this.leases.take(INSTANCE + instance, instance, LEASE);
      const chosen = await this.leases.take(CARETAKER, instance, LEASE);
      if (chosen) await this.leases.forgetExpired();
      return chosen;
    });
  }
}

/** Injection token of an array of further ReadinessChecks, for an app that has some. */
export const READINESS_CHECKS = Symbol('ReadinessChecks');

/** How one thing is that an app needs. */
export interface Readiness {
  up: boolean;
  /** When not up: what it waits for. */
  detail: string;
  /** Whether requests can be answered meanwhile. Unless said otherwise they can. */
  essential?: boolean;
  /** Of what piles up: how much waits, and how long the oldest of it has. */
  waiting?: number;
  /** Of a consumer: what it has received and not acknowledged yet. */
  unacked?: number;
  oldestSeconds?: number;
}

export interface ReadinessCheck {
  readonly name: string;
  check(): Readiness | Promise<Readiness>;
}

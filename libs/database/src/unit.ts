/** One unit, from its SAVEPOINT to its release. A unit inside a unit is a nested savepoint. */
export class Unit {
  open = true;
  readonly afterCommit: (() => void)[] = [];
  /** Nested units run one after the other: savepoints must nest, not interleave. */
  nested: Promise<unknown> = Promise.resolve();
  readonly savepoint: string;
  private readonly depth: number;

  constructor(readonly outer?: Unit) {
    this.depth = (outer?.depth ?? 0) + 1;
    this.savepoint = `unit_${this.depth}`;
  }
}

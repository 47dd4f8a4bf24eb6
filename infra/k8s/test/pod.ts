export interface NamedPort {
  name?: string;
  number: number;
}

/** Any of the like pods of one object. */
export interface Pod {
  /** Whose pod it is: `Deployment posts`. */
  of: string;
  labels: Record<string, string>;
  ports: NamedPort[];
}

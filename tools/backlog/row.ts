/** Something that piles up, and how much of it there is. */
export interface Row {
  /**
   * `outbox`: events to be published; `pending`: comments without a verdict; `parked`: comments without their post;
   * `log`: events that query has not applied; `unacked`: events that copies hold; `queue`, `retry`, `dead`: messages.
   * `service`, `broker`: one that cannot be asked.
   */
  kind: 'outbox' | 'pending' | 'parked' | 'log' | 'unacked' | 'queue' | 'retry' | 'dead' | 'service' | 'broker';
  /** The service, the queue, or the instance's URL. */
  of: string;
  /** null when it is not known. */
  waiting: number | null;
  /** null when it is not known, as of queues. */
  oldestSeconds: number | null;
  /** What is wrong, or worth knowing. */
  note: string;
}

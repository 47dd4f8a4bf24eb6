// @ts-check
import { TcpLink } from '../faults/link.mjs';

/** @import { Link } from '../faults/fault.mjs' */

/**
 * The links of one process to all RabbitMQ nodes, as one.
 * @implements {Link}
 */
export class Links {
  /** @param {TcpLink[]} links */
  constructor(links) {
    this.links = links;
  }

  /** @param {string[]} urls of the nodes, for AMQP clients */
  static async open(urls) {
    const targets = urls
      .map((url) => new URL(url))
      .map(({ hostname, port }) => ({ host: hostname, port: Number(port) }));
    return new Links(await Promise.all(targets.map((target) => TcpLink.open(target))));
  }

  /** For the process: the nodes as they are reached through the links. */
  get rabbitmqUrl() {
    return this.links.map(({ port }) => `amqp://guest:guest@127.0.0.1:${port}`).join(',');
  }

  cut() {
    for (const link of this.links) link.cut();
  }

  /** @param {number} bytesPerSecond */
  slow(bytesPerSecond) {
    for (const link of this.links) link.slow(bytesPerSecond);
  }

  restore() {
    for (const link of this.links) link.restore();
  }

  async close() {
    await Promise.all(this.links.map((link) => link.close()));
  }
}

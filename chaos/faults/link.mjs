// @ts-check
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** @import { Server, Socket } from 'node:net' */
/** @import { Link } from './fault.mjs' */
/** @typedef {{ host: string, port: number }} Target */
/** @typedef {{ freeAt: number }} Lane one direction of the link, which all its connections share */

/** How long every reading is under way while the link is slow. */
const latencyMs = 100;
/** In so many pieces a slow second is sent. */
const piecesPerSecond = 20;

/**
 * A TCP proxy on the loopback interface that stands for a network: it can be cut, slowed, and it can refuse.
 *
 * - Cut, it swallows what comes and tells nobody: no FIN, no RST; who connects is accepted and hears nothing.
 * - Restored, connections that were open while it was cut are reset: part of what they carried is lost.
 * - Slow, a direction takes so many bytes a second in all, and whoever sends more is held back.
 *
 * @implements {Link}
 */
export class TcpLink {
  #cut = false;
  #refusing = false;
  /** @type {number | undefined} */
  #bytesPerSecond;
  /** @type {Set<Socket>} */
  #sockets = new Set();
  #toTarget = { freeAt: 0 };
  #toClient = { freeAt: 0 };

  /** @param {Target} target @param {Server} server that listens */
  constructor(target, server) {
    this.target = target;
    this.server = server;
    this.port = /** @type {{ port: number }} */ (server.address()).port;
    server.on('connection', (client) => this.#join(client));
  }

  /**
   * @param {Target} target where connections lead
   * @returns {Promise<TcpLink>} that listens on `port` of 127.0.0.1
   */
  static async open(target) {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpLink(target, server);
  }

  /** Swallows everything from now on. */
  cut() {
    this.#cut = true;
  }

  /** Lets so many bytes a second through in each direction, later than they came. @param {number} bytesPerSecond */
  slow(bytesPerSecond) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resets every connection, and whoever connects from now on. */
  refuse() {
    this.#refusing = true;
    this.#reset();
  }

  /** Ends `cut`, `slow` and `refuse`. */
  restore() {
    if (this.#cut) this.#reset();
    this.#cut = false;
    this.#refusing = false;
    this.#bytesPerSecond = undefined;
  }

  /** Ends all connections, and listens no more. */
  async close() {
    const closed = once(this.server, 'close');
    this.server.close();
    this.#reset();
    await closed;
  }

  #reset() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** @param {Socket} client */
  #join(client) {
    this.#keep(client);
    if (this.#refusing) return void client.resetAndDestroy();
    // A host that cannot be reached: nothing is opened there, and what the client says is for nobody.
    if (this.#cut) return void client.resume();
    const target = this.#keep(connect({ ...this.target, allowHalfOpen: true, noDelay: true }));
    void this.#carry(client, target, this.#toTarget);
    void this.#carry(target, client, this.#toClient);
  }

  /** @param {Socket} socket */
  #keep(socket) {
    this.#sockets.add(socket);
    // How it ended is seen by whoever reads from it.
    socket.on('error', () => {});
    return socket.on('close', () => this.#sockets.delete(socket));
  }

  /** Carries what one side says to the other, and how it ended. @param {Socket} from @param {Socket} to @param {Lane} lane */
  async #carry(from, to, lane) {
    try {
      for await (const bytes of from.iterator({ destroyOnReturn: false })) await this.#pass(bytes, to, lane);
      if (!this.#cut) to.end();
    } catch {
      if (!this.#cut) to.resetAndDestroy();
    }
  }

  /** @param {Buffer} bytes @param {Socket} to @param {Lane} lane */
  async #pass(bytes, to, lane) {
    if (this.#bytesPerSecond !== undefined) await delay(latencyMs);
    for (let sent = 0, size = 0; sent < bytes.length && !this.#cut; sent += size) {
      size = this.#pieceOf(bytes.length - sent);
      await this.#turn(lane, size);
      if (!this.#cut && !to.write(bytes.subarray(sent, sent + size))) await drained(to);
    }
  }

  /** @param {number} size */
  #pieceOf(size) {
    if (this.#bytesPerSecond === undefined) return size;
    return Math.min(size, Math.ceil(this.#bytesPerSecond / piecesPerSecond));
  }

  /** Waits until the lane has sent so much. @param {Lane} lane @param {number} size */
  async #turn(lane, size) {
    if (this.#bytesPerSecond === undefined) return;
    const now = performance.now();
    lane.freeAt = Math.max(now, lane.freeAt) + (size / this.#bytesPerSecond) * 1000;
    await delay(lane.freeAt - now);
  }
}

/** @param {Socket} socket */
async function drained(socket) {
  if (socket.destroyed) return;
  await new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve(undefined);
    };
    socket.on('drain', done).on('close', done);
  });
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { Socket } from 'node:net';

const owners = new AsyncLocalStorage<SocketOwner>();

/**
 * Whose socket is whose, among apps that run in one process: all that an app connects, now or later, in whatever it
 * started, belongs to it. So its connections can be cut as the system cuts those of a killed process.
 */
export class SocketOwner {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  /** Runs `work`. Every socket that is connected in it, or in what comes of it, is this owner's. */
  run<T>(work: () => T): T {
    return owners.run(this, work);
  }

  /** Destroys its sockets, with what was not sent yet. From here on it reaches nobody. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy(cutOff());
  }

  /** @returns whether it may connect */
  admit(socket: Socket): boolean {
    if (this.isCut) {
      process.nextTick(() => socket.destroy(cutOff()));
      return false;
    }
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return true;
  }
}

const cutOff = (): Error => Object.assign(new Error('the app has crashed'), { code: 'ECONNRESET' });

// Every client's connection begins here, whichever library makes it: amqplib, pg, undici, fetch.
const connect = Reflect.get(Socket.prototype, 'connect') as (this: Socket, ...args: unknown[]) => Socket;
Socket.prototype.connect = function (...args: unknown[]): Socket {
  return (owners.getStore()?.admit(this) ?? true) ? connect.apply(this, args) : this;
};

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '#testing';

/** A request as it arrived. */
export interface Recorded {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
}

/** A service behind the gateway, as small as can be: it records what it is asked and answers what it is told to. */
export class FakeService {
  /** Without health checks. */
  readonly requests: Recorded[] = [];
  /** What a health check is answered. */
  health = 200;
  /** Whether it answers nothing any more, as behind a link that is cut: its connections stay open. */
  silent = false;
  private server: Server | undefined;

  private constructor(
    readonly port: number,
    readonly host: string,
    public answer: RequestListener,
  ) {}

  static async start(answer: RequestListener = ok, port?: number, host = '127.0.0.1'): Promise<FakeService> {
    const service = new FakeService(port ?? (await freePort()), host, answer);
    await service.listen();
    return service;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  /** Listens, again and on the same port after a stop. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => this.take(request, response));
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, this.host, resolve);
    });
  }

  /** Goes away as a process does that is killed. */
  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  /** How many connections are open to it. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server!.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    if (this.silent) {
      if (url !== '/health/ready') this.requests.push({ method, url, headers });
      return;
    }
    if (url === '/health/ready') {
      response.writeHead(this.health).end();
      return;
    }
    this.requests.push({ method, url, headers });
    this.answer(request, response);
  }
}

/** Reads the body, then says who it is. */
export const ok: RequestListener = (request, response) => {
  const { port } = request.socket.address() as AddressInfo;
  request
    .resume()
    .once('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify({ port })));
};

/** Breaks the connection off. */
export const breakOff: RequestListener = (request) => request.socket.destroy();

/** A stream of events that never ends. */
export const stream: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 100\n\n');
};

import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { once } from 'node:events';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { configureApp, HttpAdapter, nestOptions, parseEnv, readTls, rootModule } from '#service';
import { freePort, HttpClient } from '#testing';
import { gateway } from '../../src/app.js';
import { LOOKUP, type Lookup, systemLookup } from '../../src/upstreams/addresses.js';

/** Nobody listens there: so no gateway hears of what else runs on this machine. */
const NO_BROKER = 'amqp://127.0.0.1:1';

/** A gateway in this process. */
export class TestGateway {
  private constructor(
    private readonly app: NestFastifyApplication,
    readonly port: number,
  ) {}

  /** @param env over what makes it silent and lets it listen on a port of its own */
  static async start(env: Record<string, string>, lookup: Lookup = systemLookup): Promise<TestGateway> {
    const port = await freePort();
    const parsed = parseEnv(gateway.env, {
      PORT: String(port),
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      RABBITMQ_URL: NO_BROKER,
      ...env,
    });
    const module = await Test.createTestingModule({ imports: [rootModule(gateway, parsed)] })
      .overrideProvider(LOOKUP)
      .useValue(lookup)
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(new HttpAdapter(readTls(parsed)), nestOptions);
    await configureApp(app, gateway, parsed);
    await app.listen(port, '127.0.0.1');
    return new TestGateway(app, port);
  }

  get http(): HttpClient {
    return new HttpClient(`http://127.0.0.1:${this.port}`);
  }

  /** Begins a request that the test goes on with itself. */
  open(method: string, path: string, options: RequestOptions = {}): ClientRequest {
    const request = httpRequest({ host: '127.0.0.1', port: this.port, method, path, ...options });
    // Of a connection that is to break; who awaits the answer hears of it.
    return request.on('error', () => undefined);
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}

/** The answer to a request: its head. */
export async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

/** The next piece of a body. */
export async function nextPiece(answer: IncomingMessage): Promise<string> {
  const [piece] = (await once(answer, 'data')) as [Buffer];
  return piece.toString();
}

/** The whole body. */
export async function bodyOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

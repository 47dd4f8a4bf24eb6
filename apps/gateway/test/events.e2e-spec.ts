import { once } from 'node:events';
import { Agent, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '#testing';
import { FakeService } from './support/fake-service.js';
import { answerTo, bodyOf, nextPiece, TestGateway } from './support/test-gateway.js';

describe('events', () => {
  let query: FakeService;
  let gateway: TestGateway;
  let stream: ServerResponse | undefined;

  beforeEach(async () => {
    stream = undefined;
    query = await FakeService.start((_request, response) => {
      stream = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
    gateway = await TestGateway.start({ QUERY_URLS: query.url });
  });
  afterEach(async () => {
    await gateway.stop();
    await query.stop();
  });

  it('passes on that it is open, and then each event at once', async () => {
    const answer = await answerTo(gateway.open('GET', '/api/events').end());
    expect(answer.headers['content-type']).toBe('text/event-stream');
    for (const id of [1, 2]) {
      const piece = nextPiece(answer);
      stream!.write(`id: ${id}\n\n`);
      expect(await piece).toBe(`id: ${id}\n\n`);
    }
    answer.destroy();
  });

  it('closes the stream of the service when the client leaves', async () => {
    const answer = await answerTo(gateway.open('GET', '/api/events').end());
    answer.destroy();
    await once(stream!, 'close');
    expect(stream!.writableFinished).toBe(false);
  });

  it('ends the stream of the client when the service ends or breaks', async () => {
    const ended = await answerTo(gateway.open('GET', '/api/events').end());
    stream!.end('last');
    expect(await bodyOf(ended)).toBe('last');

    const broken = await answerTo(gateway.open('GET', '/api/events').end());
    stream!.destroy();
    await expect(bodyOf(broken)).rejects.toThrow('aborted');
  });

  it('ends all streams when it stops, and does not wait for them', async () => {
    const answer = await answerTo(gateway.open('GET', '/api/events').end());
    const closed = once(stream!, 'close');
    const body = bodyOf(answer);
    await gateway.stop();
    expect(await body).toBe('');
    await closed;
  });

  it('finishes what it is at when it stops, and then does not wait for the connection', async () => {
    const agent = new Agent({ keepAlive: true });
    const request = gateway.open('GET', '/api/posts', { agent }).end();
    await waitFor(() => stream?.write('half'));
    const answer = await answerTo(request);
    const body = bodyOf(answer);
    const stopped = gateway.stop();
    await waitFor(() => isRefused(gateway));
    stream!.end(' and half');
    expect(await body).toBe('half and half');
    await stopped;
    agent.destroy();
  });
});

const isRefused = ({ http }: TestGateway): Promise<boolean> =>
  http.get('/').then(
    () => false,
    () => true,
  );

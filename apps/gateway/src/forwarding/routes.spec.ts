import { fastify, type HTTPMethods } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { routes } from './routes.js';

describe('routes', () => {
  const sut = fastify();

  beforeAll(() => {
    for (const { methods, paths, service } of routes) {
      for (const url of paths) {
        sut.route({
          method: [...methods],
          url,
          exposeHeadRoute: false,
          handler: (_request, reply) => reply.header('to', service).send(),
        });
      }
    }
  });

  it.each<[HTTPMethods, string, string | undefined]>([
    ['GET', '/api/posts', 'query'],
    ['HEAD', '/api/posts', 'query'],
    ['POST', '/api/posts', 'posts'],
    ['GET', '/api/posts/1', 'query'],
    ['PATCH', '/api/posts/1', 'posts'],
    ['DELETE', '/api/posts/1', 'posts'],
    ['GET', '/api/posts/1/comments', 'query'],
    ['POST', '/api/posts/1/comments', 'comments'],
    ['GET', '/api/posts/1/comments/2', 'query'],
    ['PATCH', '/api/posts/1/comments/2', 'comments'],
    ['DELETE', '/api/posts/1/comments/2', 'comments'],
    ['GET', '/api/events', 'query'],
    ['PUT', '/api/posts/1', undefined],
    ['POST', '/api/events', undefined],
    ['GET', '/api/posts/1/likes', undefined],
    ['GET', '/api/moderation/comments', undefined],
    ['GET', '/posts', undefined],
  ])('sends %s %s to %s', async (method, url, service) => {
    const { headers } = await sut.inject({ method: method as 'GET', url });
    expect(headers['to']).toBe(service);
  });

  it('expects an end of all answers but the stream of events', () => {
    expect(routes.filter(({ endless }) => endless).flatMap(({ paths }) => paths)).toEqual(['/api/events']);
  });
});

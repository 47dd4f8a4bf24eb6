import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { traceContext } from '#messaging';
import { requestHeaders, responseHeaders } from './headers.js';

const request = (headers: IncomingHttpHeaders): FastifyRequest =>
  ({ headers, id: 'id-1', ip: '192.0.2.1', protocol: 'http', host: 'parley.test' }) as FastifyRequest;

const own = {
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-proto': 'http',
  'x-forwarded-host': 'parley.test',
  'x-forwarded-prefix': '/api',
  'x-request-id': 'id-1',
};

describe(requestHeaders.name, () => {
  it('passes on what is meant for the service', () => {
    const headers = { accept: '*/*', authorization: 'Bearer x', 'last-event-id': '7', tracestate: 'a=b' };
    expect(requestHeaders(request(headers), false)).toEqual({ ...headers, ...own });
  });

  it('leaves out what is about the connection to the client', () => {
    const headers = {
      connection: 'Keep-Alive, X-Secret , close',
      'keep-alive': 'timeout=5',
      'proxy-authorization': 'Basic x',
      'proxy-connection': 'keep-alive',
      te: 'trailers',
      trailer: 'x',
      'transfer-encoding': 'chunked',
      upgrade: 'websocket',
      'x-secret': 'x',
      host: 'parley.test',
      expect: '100-continue',
    };
    expect(requestHeaders(request(headers), true)).toEqual(own);
  });

  it('does not let the client say where it comes from', () => {
    const headers = { ...own, 'x-forwarded-for': '6.6.6.6', 'x-forwarded-prefix': '/x', forwarded: 'for=6.6.6.6' };
    expect(requestHeaders(request(headers), false)).toEqual(own);
  });

  it('tells the length of a body only where there is one', () => {
    const headers = { 'content-length': '5' };
    expect(requestHeaders(request(headers), true)).toEqual({ ...headers, ...own });
    expect(requestHeaders(request(headers), false)).toEqual(own);
  });

  it('takes the trace along', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = traceContext.run({ traceparent }, () => requestHeaders(request({ traceparent: 'broken' }), false));
    expect(headers).toEqual({ ...own, traceparent });
  });
});

describe(responseHeaders.name, () => {
  it("answers with the service's headers and the gateway's, whose count where both have one", () => {
    const theirs = { etag: '"1"', 'x-request-id': 'theirs', 'set-cookie': ['a=1', 'b=2'] };
    const headers = responseHeaders(theirs, { 'x-request-id': 'own', 'x-frame-options': 'SAMEORIGIN' });
    expect(headers).toEqual({
      etag: '"1"',
      'set-cookie': ['a=1', 'b=2'],
      'x-request-id': 'own',
      'x-frame-options': 'SAMEORIGIN',
    });
  });

  it('leaves out what is about the connection to the service', () => {
    const theirs = {
      connection: 'close, x-hop',
      'x-hop': '1',
      'keep-alive': 'timeout=5',
      'transfer-encoding': 'chunked',
    };
    expect(responseHeaders(theirs, {})).toEqual({});
  });

  it('speaks of CORS itself, or not at all', () => {
    const theirs = { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' };
    expect(responseHeaders(theirs, {})).toEqual({});
  });

  it('varies by what both vary by', () => {
    expect(responseHeaders({ vary: 'Accept' }, { vary: 'Origin' })).toEqual({ vary: 'Origin, Accept' });
    expect(responseHeaders({ vary: 'Accept' }, {})).toEqual({ vary: 'Accept' });
  });
});

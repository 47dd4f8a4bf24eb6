import type { HTTPMethods } from 'fastify';
import type { UpstreamName } from '../upstreams/upstream.js';

/** Where requests go. */
export interface Target {
  service: UpstreamName;
  /** Whether the answer is a stream of events, which has no end and may be silent for long. */
  endless?: boolean;
}

/** Which requests go there. */
export interface Route extends Target {
  methods: HTTPMethods[];
  /** As Fastify writes them. */
  paths: string[];
}

/** What the public paths begin with. It is taken off: services do not know of it. */
export const PREFIX = '/api';

const reads: HTTPMethods[] = ['GET', 'HEAD'];
const writes: HTTPMethods[] = ['POST', 'PATCH', 'DELETE'];
const posts = ['/api/posts', '/api/posts/:postId'];
const comments = ['/api/posts/:postId/comments', '/api/posts/:postId/comments/*'];

/** Everything that the gateway forwards: writes to the service that owns the data, reads to the read model. */
export const routes: Route[] = [
  { methods: reads, paths: posts, service: 'query' },
  { methods: writes, paths: posts, service: 'posts' },
  { methods: reads, paths: comments, service: 'query' },
  { methods: writes, paths: comments, service: 'comments' },
  { methods: ['GET'], paths: ['/api/events'], service: 'query', endless: true },
];

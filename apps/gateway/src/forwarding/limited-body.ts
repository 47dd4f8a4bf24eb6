import { Transform, type TransformCallback } from 'node:stream';
import { errorCodes, type FastifyRequest } from 'fastify';
import { BODY_LIMIT } from '#service';

/**
 * A request's body on its way to a service. It fails with Fastify's own error once it is larger than allowed. It can be
 * destroyed without harm to the client's connection.
 */
export class LimitedBody extends Transform {
  private length = 0;

  constructor({ raw }: FastifyRequest) {
    super();
    // Told by who reads us; until then there may be no one.
    this.on('error', () => undefined);
    raw.pipe(this);
    // The rest must be taken off the connection, or the client's next request on it would wait behind it for ever.
    this.once('close', () => raw.resume());
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.length += chunk.length;
    if (this.length > BODY_LIMIT) done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    else done(null, chunk);
  }
}

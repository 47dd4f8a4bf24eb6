import { Injectable, Logger as NestLogger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Logger, LoggerModule } from 'nestjs-pino';
import type { AppName } from '#contracts';
import { traceContext } from '#messaging';
import type { AppEnv } from './env.js';

/**
 * pino logs: JSON in production, readable on a terminal. Every line carries the app's name and, where there is one, the
 * request's id, the trace id and the id of the event that is being handled.
 */
export const loggerModule = (name: AppName, env: AppEnv) =>
  LoggerModule.forRoot({
    pinoHttp: {
      name,
      level: env.LOG_LEVEL,
      genReqId: (request) => request.id,
      mixin: traceFields,
      quietReqLogger: true,
      autoLogging: false,
      ...(env.LOG_FORMAT === 'pretty' && {
        transport: {
          target: 'pino-pretty',
          options: {
            ignore: 'pid,hostname,name,context,reqId,traceId',
            messageFormat: '[{context}] {msg}',
            singleLine: true,
          },
        },
      }),
    },
  });

/** Logs each request that was answered, except health checks. At level `debug`: with less, it costs nothing. */
export function logRequests(fastify: FastifyInstance, { LOG_LEVEL }: AppEnv): void {
  if (LOG_LEVEL !== 'debug' && LOG_LEVEL !== 'trace') return;
  const logger = new NestLogger('requests');
  fastify.addHook('onResponse', ({ method, url, id }, { statusCode, elapsedTime }, done) => {
    if (!url.startsWith('/health')) logger.debug(`${method} ${url} ${statusCode} ${elapsedTime.toFixed(1)} ms ${id}`);
    done();
  });
}

/** The Nest contexts that tell of each module and route at start: at level `debug` here. */
const chatty = new Set([
  'InstanceLoader',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
  'NestApplication',
  'NestMicroservice',
]);

/** Nest's logger, writing through pino. */
@Injectable()
export class AppLogger extends Logger {
  override log(message: unknown, ...context: unknown[]): void {
    if (chatty.has(String(context.at(-1)))) this.debug(message, ...context);
    else super.log(message, ...context);
  }
}

const traceFields = (): Record<string, string> => {
  const trace = traceContext.current();
  if (!trace) return {};
  const traceId = trace.traceparent.split('-')[1]!;
  return trace.eventId ? { traceId, eventId: trace.eventId } : { traceId };
};

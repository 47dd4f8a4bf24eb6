import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { RmqContext } from '@nestjs/microservices';

/** In a handler of a service that reads the event log: the event's offset there. */
export const LogOffset = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const message = context.switchToRpc().getContext<RmqContext>().getMessage();
  const { properties } = message as { properties: { headers?: Record<string, unknown> } };
  return Number(properties.headers?.['x-stream-offset']);
});

import { z } from 'zod';
import { reactingServices } from '#contracts';

const number = z.string().regex(/^\d+$/, 'must be a number, as text');
const cron = z.string().regex(/^(\S+ ){4}\S+$/, 'must be minute, hour, day, month and weekday');
const timezone = z.string().refine(isTimezone, 'must be a time zone');

/** The settings of the triggers that are used: for KEDA's schema they are any texts, and it refuses wrong ones only at work. */
export const triggerSettings: Record<string, z.ZodType> = {
  rabbitmq: z.strictObject({
    protocol: z.literal('amqp'),
    queueName: z.enum(reactingServices, `is no queue: there are ${reactingServices.join(', ')}`),
    mode: z.enum(['QueueLength', 'MessageRate']),
    value: number,
  }),
  cpu: z.strictObject({ value: number }),
  cron: z
    .strictObject({ timezone, start: cron, end: cron, desiredReplicas: number })
    .refine(({ start, end }) => start !== end, 'must not end when it starts'),
};

function isTimezone(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}

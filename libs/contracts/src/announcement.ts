import { z } from 'zod';
import { type AppName, defaultPorts } from './services.js';

/** The fanout exchange of announcements. They are no events: nothing keeps them, and the event table knows nothing of them. */
export const SERVICE_ANNOUNCED = 'service.announced';

/**
 * What a process tells the others of itself: once it serves, every second from then on, and once more when it leaves.
 * Attributes that we do not know are ignored.
 */
export const Announcement = z.object({
  app: z.enum(Object.keys(defaultPorts) as [AppName, ...AppName[]]),
  /** What people call it: `comments@host:4001`. */
  instance: z.string().min(1).max(300),
  /** The name of its machine or container. */
  host: z.string().min(1).max(255),
  /** How others reach it: scheme, host and port. */
  url: z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin),
  state: z.enum(['serving', 'leaving']),
});
export type Announcement = z.infer<typeof Announcement>;

import 'reflect-metadata';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { AppName } from '#contracts';
import { type AppDefinition, HealthController } from '#service';
import { comments } from '../../../apps/comments/src/app.js';
import { gateway } from '../../../apps/gateway/src/app.js';
import { moderation } from '../../../apps/moderation/src/app.js';
import { posts } from '../../../apps/posts/src/app.js';
import { query } from '../../../apps/query/src/app.js';

/** Every process, as its code defines it. */
export const apps: Record<AppName, AppDefinition> = { gateway, posts, comments, query, moderation };

/** The environment variables that an app reads. */
export function variablesOf(name: AppName): string[] {
  const { env } = apps[name];
  if (!('shape' in env)) throw new Error(`the schema of ${name}'s environment does not tell its keys`);
  return Object.keys(env.shape as object);
}

/** The paths that every process answers to say how it is: `/health/ready`. */
export function healthPaths(): string[] {
  const controller = HealthController.prototype;
  const base = String(Reflect.getMetadata(PATH_METADATA, HealthController));
  return Object.getOwnPropertyNames(controller)
    .map((key) => Reflect.get(controller, key) as object)
    .filter((handler) => Reflect.hasMetadata(METHOD_METADATA, handler))
    .map((handler) => `/${base}/${String(Reflect.getMetadata(PATH_METADATA, handler))}`);
}

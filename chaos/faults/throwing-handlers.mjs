// @ts-check
// Loaded into a service before its own code (`node --import`): some of its event handlers throw, after they have done their
// work. What they did must be rolled back, and done by a later attempt.
import { appendFileSync } from 'node:fs';
import { Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';

/** @import { RmqContext } from '@nestjs/microservices' */
/** @typedef {(data: unknown, context: RmqContext) => Promise<unknown>} Handler */

const { CHAOS_THROWS: throws, CHAOS_THROWN_FILE: thrownFile = '' } = process.env;
const retries = (process.env.RETRY_DELAYS || '1s,5s,30s,2m').split(',').length;
/** By messageId: whether the event is one of the third that fail, at its first attempt. @type {Map<string, boolean>} */
const chosen = new Map();

const addHandler = /** @type {Function} */ (Reflect.get(Server.prototype, 'addHandler'));
/** @param {[pattern: unknown, handler: unknown, ...rest: unknown[]]} args */
Server.prototype.addHandler = function (...args) {
  const [pattern, handler, ...rest] = args;
  const wrapped = throwing(/** @type {Handler} */ (handler));
  return Reflect.apply(addHandler, this, [pattern, wrapped, ...rest]);
};

/** @param {Handler} handler @returns {Handler} */
function throwing(handler) {
  return async (data, context) => {
    const result = await handler(data, context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    if (!isDue(context)) return undefined;
    appendFileSync(thrownFile, '.');
    throw new Error('chaos: this handler throws');
  };
}

/** @param {RmqContext} context */
function isDue(context) {
  const { messageId, headers } = context.getMessage().properties;
  // The last attempt of all is spared: after it, the event would stand in the dead letters.
  if (throws === 'always') return (headers?.['x-parley-attempts'] ?? 0) < retries;
  if (chosen.has(messageId)) return false;
  chosen.set(messageId, chosen.size % 3 === 2);
  return chosen.get(messageId);
}

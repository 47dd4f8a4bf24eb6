// @ts-check
import { upstreamSettings } from './services.mjs';

/** @import { Ports } from './services.mjs' */

/** Environment variables that all processes of a system should have alike, wherever they are started. */
export const sharedNames = [
  'CONSISTENCY_WAIT',
  'CORS_ORIGINS',
  'DATABASE_POOL_SIZE',
  'DRAIN_DELAY',
  'LOG_LEVEL',
  'MAX_CONNECTIONS',
  'MAX_REQUESTS',
  'MAX_REQUESTS_PER_INSTANCE',
  'MAX_STREAMS',
  'MODERATION_BLOCKLIST',
  'NODE_EXTRA_CA_CERTS',
  'PREFETCH',
  'REANNOUNCE_AFTER',
  'RETRY_DELAYS',
  'SHUTDOWN_TIMEOUT',
  'TLS_CERT_FILE',
  'TLS_KEY_FILE',
];

/**
 * The environment variables that a copy started elsewhere takes over from a system.
 * @param {NodeJS.ProcessEnv} env of the system
 * @param {Ports} ports
 * @param {string} host
 * @returns {Record<string, string>}
 */
export function sharedSettings(env, ports, host) {
  const given = sharedNames.flatMap((name) => (env[name] ? [[name, env[name]]] : []));
  return { ...Object.fromEntries(given), ...upstreamSettings(ports, host, env) };
}

// @ts-check
import { relative } from 'node:path';
import { withoutPassword } from './external-broker.mjs';

/** The services whose instances share one database, on SQLite or PostgreSQL; each instance of query has its own. */
export const sharingServices = /** @type {const} */ (['posts', 'comments', 'moderation']);

/** @typedef {(typeof sharingServices)[number]} SharingService */
/** @typedef {Partial<Record<SharingService, string>>} DatabaseUrls */

/** @param {string} url @returns {boolean} whether it names a PostgreSQL server */
export function isPostgres(url) {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
}

/**
 * Whether a URL names a PostgreSQL server without one of its databases.
 * @param {string} url
 */
export function namesServerOnly(url) {
  return isPostgres(url) && ['', '/'].includes(new URL(url).pathname);
}

/**
 * A service's database: on a server alone, the one with the service's name.
 * @param {string} url
 * @param {SharingService} service
 */
export function databaseOn(url, service) {
  if (!namesServerOnly(url)) return url;
  const changed = new URL(url);
  changed.pathname = `/${service}`;
  return changed.href;
}

/**
 * The database of each service on one PostgreSQL server.
 * @param {string} serverUrl
 * @returns {Record<SharingService, string>}
 */
export function databasesOn(serverUrl) {
  const entries = sharingServices.map((service) => [service, databaseOn(serverUrl, service)]);
  return /** @type {Record<SharingService, string>} */ (Object.fromEntries(entries));
}

/**
 * A database as it may be shown: the path of a file, or a URL without its password.
 * @param {string} url
 * @param {string} root
 */
export function describeDatabase(url, root) {
  return isPostgres(url) ? withoutPassword(url) : relative(root, url.replace(/^sqlite:/, ''));
}

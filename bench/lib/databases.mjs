// @ts-check
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { sharingServices } from '../../scripts/lib/database-urls.mjs';

/** @import { DatabaseUrls } from '../../scripts/lib/database-urls.mjs' */

/**
 * Makes a database for each service on a PostgreSQL server, with names that nobody else has.
 * @param {string} serverUrl
 * @returns {Promise<{ urls: DatabaseUrls, drop: () => Promise<void> }>}
 */
export async function createDatabases(serverUrl) {
  const prefix = `parley_${randomBytes(4).toString('hex')}`;
  const names = sharingServices.map((service) => `${prefix}_${service}`);
  await onServer(serverUrl, names, (name) => `CREATE DATABASE ${name}`);
  const urls = Object.fromEntries(sharingServices.map((service, index) => [service, named(serverUrl, names[index])]));
  return { urls, drop: () => onServer(serverUrl, names, (name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** @param {string} serverUrl @param {string} [name] */
function named(serverUrl, name) {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** @param {string} serverUrl @param {string[]} names @param {(name: string) => string} statement */
async function onServer(serverUrl, names, statement) {
  const given = new URL(serverUrl).pathname.length > 1;
  const client = new pg.Client({ connectionString: given ? serverUrl : named(serverUrl, 'postgres') });
  await client.connect();
  try {
    for (const name of names) await client.query(statement(name));
  } finally {
    await client.end();
  }
}

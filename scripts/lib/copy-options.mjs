// @ts-check
import { parseArgs } from 'node:util';
import { UserError } from './errors.mjs';
import { appNames, isAppName } from './services.mjs';

/** @import { AppName } from './services.mjs' */
/** @typedef {{ help: boolean, name: AppName, port?: number, host?: string }} CopyOptions */

const services = `Services: ${appNames.join(', ')}.`;

/**
 * @param {string[]} args
 * @returns {CopyOptions}
 */
export function parseCopyOptions(args) {
  const { values, positionals } = parse(args);
  const { help, host } = values;
  if (help) return { help, name: 'comments' };
  return { help, host, name: parseName(positionals), port: parsePort(values.port) };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      strict: true,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        port: { type: 'string' },
        host: { type: 'string' },
      },
    });
  } catch (error) {
    // Node explains at length how to pass such an argument all the same; the first sentence is what matters.
    const [problem] = String(error instanceof Error ? error.message : error).split('. ');
    throw new UserError(`${problem}. See \`npm run copy -- --help\`.`);
  }
}

/** @param {string[]} positionals @returns {AppName} */
function parseName([name, ...more]) {
  if (name === undefined)
    throw new UserError(`Of which service? For example \`npm run copy -- comments\`. ${services}`);
  if (!isAppName(name)) throw new UserError(`There is no service "${name}". ${services}`);
  if (more.length > 0)
    throw new UserError(`One copy at a time: what is "${more.join(' ')}"? See \`npm run copy -- --help\`.`);
  return name;
}

/** @param {string | undefined} text */
function parsePort(text) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UserError(`--port ${text}: a port is a number from 1 to 65535.`);
}

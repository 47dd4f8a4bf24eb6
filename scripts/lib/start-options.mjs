// @ts-check
import { parseArgs } from 'node:util';
import { UserError } from './errors.mjs';
import { appNames, isAppName } from './services.mjs';

/** @import { AppName } from './services.mjs' */
/** @typedef {Partial<Record<AppName, number>>} Copies how many instances of each */
/** @typedef {{ help: boolean, watch: boolean, fresh: boolean, copies: Copies }} StartOptions */

const mostCopies = 20;

/**
 * @param {string[]} args
 * @returns {StartOptions}
 */
export function parseStartOptions(args) {
  const { help, watch, fresh, copies } = parse(args);
  return { help, watch, fresh, copies: parseCopies(copies) };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        watch: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        copies: { type: 'string', multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    // Node explains at length how to pass such an argument all the same; the first sentence is what matters.
    const [problem] = String(error instanceof Error ? error.message : error).split('. ');
    throw new UserError(`${problem}. See \`npm start -- --help\`.`);
  }
}

/**
 * How many of each service, from `comments=3` or `comments=2,query=2`.
 * @param {string[]} values
 */
function parseCopies(values) {
  /** @type {Copies} */
  const copies = {};
  for (const item of values.flatMap((value) => value.split(','))) {
    const [name = '', count = ''] = item.trim().split('=');
    if (!isAppName(name) || !/^\d+$/.test(count)) {
      throw new UserError(`--copies takes <service>=<number>, not "${item}". Services: ${appNames.join(', ')}.`);
    }
    if (Number(count) < 1 || Number(count) > mostCopies) {
      throw new UserError(`--copies ${name}=${count}: the number must be from 1 to ${mostCopies}.`);
    }
    copies[name] = Number(count);
  }
  return copies;
}

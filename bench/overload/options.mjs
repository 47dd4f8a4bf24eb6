// @ts-check
import { parseArgs } from 'node:util';
import { UserError } from '../../scripts/lib/errors.mjs';

/** @typedef {{ help: boolean, seconds: number, connections: number, verbose: boolean }} OverloadOptions */

/**
 * @param {string[]} args
 * @returns {OverloadOptions}
 */
export function parseOverloadOptions(args) {
  const { help, seconds, connections, verbose } = parse(args);
  return {
    help,
    verbose,
    seconds: number('seconds', seconds, 3600),
    connections: number('connections', connections, 10_000),
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      strict: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        seconds: { type: 'string', default: '10' },
        connections: { type: 'string', default: '3000' },
        verbose: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const [problem] = String(error instanceof Error ? error.message : error).split('. ');
    throw new UserError(`${problem}. See \`npm run bench:overload -- --help\`.`);
  }
}

/** @param {string} name @param {string} text @param {number} most */
function number(name, text, most) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new UserError(`--${name} ${text}: must be a whole number from 1 to ${most}.`);
}

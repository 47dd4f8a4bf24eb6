// @ts-check
import { parseArgs } from 'node:util';
import { randomBytes } from 'node:crypto';
import { UserError } from '../../scripts/lib/errors.mjs';

/**
 * @typedef {object} ChaosOptions
 * @property {boolean} help
 * @property {boolean} list
 * @property {number} minutes
 * @property {string} seed
 * @property {string[]} faults names; none: all of them
 * @property {number} clients
 * @property {boolean} keep
 * @property {boolean} verbose
 * @property {string} [report] a file
 */

/**
 * @param {string[]} args
 * @param {string[]} known names of faults
 * @returns {ChaosOptions}
 * @throws UserError that says what to change
 */
export function parseChaosOptions(args, known) {
  const { minutes, clients, fault, seed, ...others } = parse(args);
  const unknown = fault.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UserError(`--fault ${unknown}: there is no such fault. See \`npm run chaos -- --list\`.`);
  return {
    ...others,
    faults: fault,
    seed: seed ?? randomBytes(3).toString('hex'),
    minutes: within('minutes', minutes, 0.1, 1440),
    clients: Math.round(within('clients', clients, 1, 200)),
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
        list: { type: 'boolean', default: false },
        minutes: { type: 'string', default: '5' },
        seed: { type: 'string' },
        fault: { type: 'string', multiple: true, default: [] },
        clients: { type: 'string', default: '8' },
        keep: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        report: { type: 'string' },
      },
    }).values;
  } catch (error) {
    const [problem] = String(error instanceof Error ? error.message : error).split('. ');
    throw new UserError(`${problem}. See \`npm run chaos -- --help\`.`);
  }
}

/** @param {string} name @param {string} text @param {number} least @param {number} most */
function within(name, text, least, most) {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new UserError(`--${name} ${text}: must be a number from ${least} to ${most}.`);
}

import { parseArgs } from 'node:util';
import { isPostgres } from '../database-url.js';
import { MoveError } from './move-error.js';

/** What the command line asks for. */
export interface MoveOptions {
  action: 'move' | 'preview' | 'compare' | 'release';
  from: string;
  /** Not there when the source is released. */
  to: string | undefined;
}

const actions = { 'dry-run': 'preview', verify: 'compare', release: 'release' } as const;

/**
 * Reads the command line of a move.
 *
 * @param env where DATABASE_URL stands in for `--to`
 * @throws MoveError that says what is wrong
 */
export function readMoveOptions(args: string[], env: NodeJS.ProcessEnv): MoveOptions {
  const { from, to = env['DATABASE_URL'], ...flags } = parse(args);
  const chosen = (['dry-run', 'verify', 'release'] as const).filter((flag) => flags[flag]);
  if (chosen.length > 1) throw new MoveError(`--${chosen.join(' and --')} do not go together: take one.`);
  if (!from?.startsWith('sqlite:')) throw new MoveError('Say where the data is: --from sqlite:<path of a file>.');
  const action = chosen[0] ? actions[chosen[0]] : 'move';
  if (action === 'release') return { action, from, to: undefined };
  if (!to || !isPostgres(to) || !URL.canParse(to) || new URL(to).pathname.length < 2) {
    throw new MoveError('Say where to: --to postgres://user:password@host:5432/database, or DATABASE_URL.');
  }
  return { action, from, to };
}

function parse(args: string[]) {
  try {
    const flag = { type: 'boolean' } as const;
    const options = {
      from: { type: 'string' },
      to: { type: 'string' },
      'dry-run': flag,
      verify: flag,
      release: flag,
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new MoveError(`${(error as Error).message}.`, { cause: error });
  }
}
